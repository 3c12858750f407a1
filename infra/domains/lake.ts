import { type DomainSpec, pseudonymKey } from '../constructs/wiring.ts';

export const lake: DomainSpec = {
  domain: 'lake',
  transformations: [{ name: 'lake-pseudonymise', entry: 'functions/lake/pseudonymise.ts', binds: [pseudonymKey] }],
};
