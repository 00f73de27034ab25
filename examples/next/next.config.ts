/** Native modules cannot be bundled: Node.js has to find them itself. */
const config: { readonly serverExternalPackages: readonly string[] } = {
  serverExternalPackages: ["fastrtc", "node-av", "node-datachannel"],
};

export default config;
