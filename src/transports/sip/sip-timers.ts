/** The round trip that is assumed, the longest time between two sendings, and how long a message stays in the network (RFC 3261 §17). */
export const T1_MS = 500;
export const T2_MS = 4000;
export const T4_MS = 5000;
/** How long an answer is waited for, and an ACK: timers B, F, H, J, L and M. */
export const TRANSACTION_MS = 64 * T1_MS;
