/** What a telephone company's webhook is answered with where it speaks XML: Twilio's TwiML, Telnyx's TeXML, Plivo's. */
export function callDocument(content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${content}</Response>`;
}
