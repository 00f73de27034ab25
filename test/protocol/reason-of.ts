/** Why a message is invalid; for any other message a word that no reason holds. */
export function reasonOf(message: { readonly type: string; readonly reason?: string }): string {
  return message.type === "invalid" && message.reason !== undefined ? message.reason : `valid: ${message.type}`;
}
