/**
 * What a handler returns beside its media: the values reach whoever reads `stream.outputStream(id)`,
 * and the page through `additionalOutputsHandler`.
 */
export class AdditionalOutputs<Values extends readonly unknown[] = readonly unknown[]> {
  /** The values, in the order of the stream's `additionalOutputs`. */
  readonly args: Values;

  constructor(...args: Values) {
    this.args = args;
  }
}
