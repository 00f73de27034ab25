/** What people say to a voice agent, with the places where they may stop to think. By the voices of espeak-ng that say it. */
export const SENTENCES: readonly { readonly voices: readonly string[]; readonly lines: readonly string[] }[] = [
  {
    voices: ["en-us", "en-gb", "en-us+f2", "en-gb-scotland", "en-us+f4", "en-gb+m3"],
    lines: [
      "I would like to order | a large pizza with mushrooms | and a bottle of water.",
      "Can you tell me | what the weather will be like | in Berlin tomorrow?",
      "My name is Daniel Carter | and I am calling about my invoice.",
      "How long does it take | to get from the airport | to the city centre?",
      "I think the problem is | that the battery does not charge any more.",
      "What happened to the order | that I placed last week?",
      "Turn off the lights in the kitchen | and lock the front door.",
      "There are three things | that I want to change.",
      "Would you mind | repeating the last sentence?",
      "The book that you gave me | is lying on the table | next to the window.",
      "We are looking for a room | with a view of the sea.",
      "Yes, that sounds good to me.",
      "What time is it?",
      "Thank you very much for your help.",
    ],
  },
  {
    voices: ["de", "de+f3"],
    lines: [
      "Ich möchte gerne | einen Tisch für vier Personen | am Samstag Abend.",
      "Könnten Sie mir sagen | wann der nächste Zug nach Hamburg fährt?",
      "Das Paket ist gestern angekommen | aber es fehlt ein Teil.",
      "Wie spät ist es?",
      "Vielen Dank für Ihre Hilfe.",
    ],
  },
  {
    voices: ["es", "fr-fr+f2"],
    lines: ["Bonjour | madame | merci beaucoup.", "Hola | quisiera una mesa | para dos personas.", "Muchas gracias."],
  },
];

/** What somebody says over a reply. */
export const INTERRUPTIONS: readonly string[] = [
  "No wait, that is not what I meant.",
  "Stop, please tell me something else.",
  "Hold on, I have another question.",
  "Actually, make that two of them.",
];

/** What somebody says who only listens: below 0.4 s each. */
export const BACKCHANNELS: readonly string[] = ["mm", "yeah", "ah", "right", "oh"];
