import { FEATURE_BITS, type FeatureKind, featuresOf } from './features.ts';

/** Texts as rows of a sparse matrix: what a row has stands between two of the starts. */
export type Corpus = {
  kind: FeatureKind;
  /** Numbers of all features, rising: column c is feature `features[c]`. */
  features: Uint32Array;
  starts: Int32Array;
  columns: Int32Array;
  /** 1 + ln of how often a feature is in the row. */
  values: Float32Array;
};

/** Reads texts once, for as many models as are to be trained of them. */
export function corpusOf(texts: readonly string[], kind: FeatureKind): Corpus {
  const rows = texts.map((text) => featuresOf(text, kind));
  const columnOf = new Int32Array(2 ** FEATURE_BITS);
  let count = 0;
  for (const row of rows) {
    for (const feature of row) {
      if (columnOf[feature] !== 0) continue;
      columnOf[feature] = 1;
      count += 1;
    }
  }
  const features = new Uint32Array(count);
  for (let feature = 0, column = 0; column < count; feature += 1) {
    if (columnOf[feature] === 0) continue;
    features[column] = feature;
    columnOf[feature] = column++;
  }
  const entries = rows.reduce((sum, row) => sum + row.length, 0);
  const starts = new Int32Array(rows.length + 1);
  const columns = new Int32Array(entries);
  const values = new Float32Array(entries);
  let size = 0;
  for (const [index, row] of rows.entries()) {
    for (let at = 0; at < row.length; ) {
      const feature = row[at] ?? 0;
      const from = at;
      while (at < row.length && row[at] === feature) at += 1;
      columns[size] = columnOf[feature] ?? 0;
      values[size++] = 1 + Math.log(at - from);
    }
    starts[index + 1] = size;
  }
  return { kind, features, starts, columns: columns.slice(0, size), values: values.slice(0, size) };
}
