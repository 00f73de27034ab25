/** The request of RFC 5769 section 2.1: short-term credentials, and padding that is not zero. */
export const RFC_5769_REQUEST = Buffer.from(
  "000100582112a442b7e7a701bc34d686fa87dfae" +
    "802200105354554e207465737420636c69656e74" +
    "002400046e0001ff" +
    "80290008932ff9b151263b36" +
    "000600096576746a3a68367659202020" +
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2" +
    "80280004e57a3bcf",
  "hex",
);
export const RFC_5769_PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";

/** The response of RFC 5769 section 2.2. */
export const RFC_5769_RESPONSE = Buffer.from(
  "0101003c2112a442b7e7a701bc34d686fa87dfae" +
    "8022000b7465737420766563746f7220" +
    "002000080001a147e112a643" +
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7" +
    "80280004c07d4c96",
  "hex",
);

/** What Chromium 156 sent through coturn when its own way to it was TCP. */
export const CHROMIUM_CHECK = Buffer.from(
  "000100502112a4423031664646344a7246317939" +
    "00060009424237613a4b616445000000" +
    "c0570004000003e7" +
    "802a00080000000000000000" +
    "00250000" +
    "002400046e001fff" +
    "00080014184fbfb1c08dd85f848c3b8ac96a86e5774bbaed" +
    "80280004dfcfef70",
  "hex",
);
export const CHROMIUM_CHECK_PASSWORD = "1iasptwWhaVxFQnGa1HSEErv";
