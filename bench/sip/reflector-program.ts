import { createSocket } from "node:dgram";

/** Sends every packet back as it came, as a process of its own: the floor of what sound can come back by on this machine. */
const socket = createSocket("udp4");
socket.on("message", (bytes, { port, address }) => socket.send(bytes, port, address));
socket.bind(0, "127.0.0.1", () => console.log(`listening at ${socket.address().port}`));
process.on("SIGTERM", () => process.exit(0));
