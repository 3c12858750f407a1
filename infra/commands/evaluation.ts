import type { ParseArgsOptionsConfig } from 'node:util';

/** What `npm run evaluate -- NAME` measures. */
export type Evaluation = {
  /** How it is called and what it prints, for `--help`. */
  help: string;
  /** Its flags, beside `--help`. */
  options: ParseArgsOptionsConfig;
  /** The figures, printed as one line of JSON. Throws UsageError for flags that do not do. */
  run(flags: Flags): Promise<Record<string, unknown>>;
};

export type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
