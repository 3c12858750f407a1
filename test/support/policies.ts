import { stampPolicy } from '../../shared/policy/check-policy.ts';
import shopPolicy from '../../shared/policy/policy.json' with { type: 'json' };
import type { Policy } from '../../shared/policy/policy.ts';

export type PolicyJson = Record<string, unknown> & typeof shopPolicy;

/** The default policy as JSON with some things set otherwise, at paths such as `tiers.steps.1.threshold`. */
export function policyWith(values: Record<string, unknown> = {}): PolicyJson {
  const document = structuredClone(shopPolicy) as PolicyJson;
  for (const [path, value] of Object.entries(values)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const place = names.reduce((at, name) => at[name] as Record<string, unknown>, document as Record<string, unknown>);
    if (value === undefined) delete place[last];
    else place[last] = value;
  }
  return document;
}

/** The same, checked and stamped. */
export function policyOf(values: Record<string, unknown> = {}): Policy {
  return stampPolicy(policyWith(values));
}
