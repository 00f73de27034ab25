/** A metric as a scraper reads it. */
export interface ParsedMetric {
  readonly type: string;
  readonly help: string;
  /** Each sample's name, labels and value, as `name{label="value"} 1`. */
  readonly samples: ReadonlyMap<string, number>;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*\})? (\S+)$/;
const VALUE = /^([+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|NaN|[+-]Inf)$/i;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["", "_sum", "_count"],
  counter: [""],
  gauge: [""],
};

/** Reads Prometheus's text format 0.0.4 as strictly as its documentation has it. @throws {Error} at the first line at fault. */
export function parsePrometheus(text: string): ReadonlyMap<string, ParsedMetric> {
  if (!text.endsWith("\n")) throw new Error("the last line has to end");
  const metrics = new Map<string, { type: string; help: string; samples: Map<string, number> }>();
  let current = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      if (metrics.has(name) || !NAME.test(name)) throw new Error(`not a new metric: ${line}`);
      metrics.set(name, { type: "untyped", help: rest, samples: new Map() });
      current = name;
    } else if (keyword === "TYPE") {
      const metric = metrics.get(name);
      if (!metric || name !== current || !SUFFIXES[rest]) throw new Error(`not a type: ${line}`);
      metric.type = rest;
    } else {
      const [, sample = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
      const metric = metrics.get(current);
      const suffixes = SUFFIXES[metric?.type ?? ""] ?? [];
      if (!metric || !suffixes.some((suffix) => sample === current + suffix) || !VALUE.test(value)) {
        throw new Error(`not a sample of ${current}: ${line}`);
      }
      if (metric.samples.has(sample + labels)) throw new Error(`a sample twice: ${line}`);
      metric.samples.set(sample + labels, Number(value.replace("Inf", "Infinity")));
    }
  }
  for (const [name, { type, samples }] of metrics) if (type === "histogram") checkHistogram(name, samples);
  return metrics;
}

function checkHistogram(name: string, samples: ReadonlyMap<string, number>): void {
  const buckets = [...samples].filter(([sample]) => sample.startsWith(`${name}_bucket{le="`)).map(([, count]) => count);
  const grows = buckets.every((count, index) => count >= (buckets[index - 1] ?? 0));
  if (!grows) throw new Error(`the buckets of ${name} do not grow`);
  if (samples.get(`${name}_bucket{le="+Inf"}`) !== samples.get(`${name}_count`)) {
    throw new Error(`the last bucket of ${name} is not its count`);
  }
}
