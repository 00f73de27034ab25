/** What is said in a language, and by which voices of espeak-ng. */
export interface Lines {
  readonly voices: readonly string[];
  /** `|` is where somebody may stop to think, `||` the end of a sentence that does not end the turn. */
  readonly lines: readonly string[];
}

/** What people say to a voice agent: one sentence, or several. */
export const LINES: { readonly english: Lines; readonly others: readonly [Lines, ...Lines[]] } = {
  english: {
    voices: [
      "en-us",
      "en-gb",
      "en-us+f2",
      "en-gb-scotland",
      "en-us+f4",
      "en-gb+m3",
      "en-gb-x-rp",
      "en-us+m7",
      "en-us-nyc+f3",
    ],
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
      "Hello. || I would like to change | the address of my delivery.",
      "My phone does not start any more. || It was fine yesterday. || What can I do?",
      "We are four people. || Two of us | do not eat meat. || Do you have a table at eight?",
      "I have read your message. || The second date is better for me.",
      "It is about my contract. || I moved last month | and the invoice went to the old address.",
      "No, that is not what I asked. || I want to know | when the train arrives.",
      "Please book the flight in the morning. || I need to be there | before noon.",
      "The heating makes a noise. || It began on Sunday. || Can somebody come | this week?",
      "That is very kind of you. || Good bye.",
      "I tried to pay with my card. || The page | never finished loading.",
    ],
  },
  others: [
    {
      voices: ["de", "de+f3", "de+m2"],
      lines: [
        "Ich möchte gerne | einen Tisch für vier Personen | am Samstag Abend.",
        "Könnten Sie mir sagen | wann der nächste Zug nach Hamburg fährt?",
        "Das Paket ist gestern angekommen | aber es fehlt ein Teil.",
        "Wie spät ist es?",
        "Vielen Dank für Ihre Hilfe.",
        "Guten Tag. || Ich rufe wegen meiner Rechnung an. || Der Betrag | stimmt nicht.",
        "Die Heizung ist kaputt. || Wann kann jemand kommen?",
      ],
    },
    {
      voices: ["es", "es+f4"],
      lines: [
        "Hola | quisiera una mesa | para dos personas.",
        "Muchas gracias.",
        "Buenos días. || Necesito cambiar | la fecha de mi viaje.",
      ],
    },
    {
      voices: ["fr-fr", "fr-fr+f2"],
      lines: ["Bonjour | madame | merci beaucoup.", "Je cherche une chambre. || Nous arrivons | vendredi soir."],
    },
  ],
};

/** What somebody says over a reply. */
export const INTERRUPTIONS: readonly string[] = [
  "No wait, that is not what I meant.",
  "Stop, please tell me something else.",
  "Hold on, I have another question.",
  "Actually, make that two of them.",
  "Sorry, can you say that again?",
  "That is enough, thank you.",
];

/** What somebody says who only listens: below 0.4 s each. */
export const BACKCHANNELS: readonly string[] = ["mm", "yeah", "ah", "right", "oh", "mhm", "okay"];
