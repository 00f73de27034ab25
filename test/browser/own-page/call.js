import { connect } from "./client.js";

document.querySelector("button").addEventListener("click", () => {
  const connection = connect("./", { modality: "video" });
  connection.on("output", (stream) => {
    document.querySelector("video").srcObject = stream;
  });
});
