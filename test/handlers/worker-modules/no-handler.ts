export default "no handler";
