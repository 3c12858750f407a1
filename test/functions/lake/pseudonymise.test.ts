import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { memberIdentified } from '../../../events/member/member-identified.v1.ts';
import { reviewVoted } from '../../../events/review/review-voted.v1.ts';
import { startKeyService } from '../../support/key-service.ts';
import { lambdaContext } from '../../support/lambda.ts';

let keys: Awaited<ReturnType<typeof startKeyService>>;
beforeEach(async () => {
  keys = await startKeyService();
  vi.resetModules();
  const around = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    LOG_LEVEL: 'silent',
  };
  for (const [name, value] of Object.entries({
    ...around,
    AWS_ENDPOINT_URL_KMS: keys.url,
    PSEUDONYM_KEY_ID: 'names',
  })) {
    vi.stubEnv(name, value);
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await keys.stop();
});

async function deliver(...texts: string[]) {
  const { handler } = await import('../../../functions/lake/pseudonymise.ts');
  const records = texts.map((text, at) => ({
    recordId: `r${at}`,
    approximateArrivalTimestamp: 0,
    data: Buffer.from(text).toString('base64'),
  }));
  const event = { invocationId: 'i', deliveryStreamArn: 'arn', region: 'eu-west-1', records };
  const answer = await handler(event, lambdaContext());
  return answer.records.map(({ recordId, result, data }) => ({
    recordId,
    result,
    text: Buffer.from(data ?? '', 'base64').toString('utf8'),
  }));
}

it('tells people apart without saying who they are, and leaves out what is sealed', async () => {
  const identified = { ...memberIdentified.sample, rapportseal: 'v1.abc', rapportsealext: 'v1.def' };
  const voted = {
    ...reviewVoted.sample,
    subject: 'rev-1',
    data: { reviewId: 'rev-1', voterId: 'mem-1', helpful: true },
  };
  const [first, second] = await deliver(JSON.stringify(identified), JSON.stringify(voted));
  expect(first?.result).toBe('Ok');
  expect(first?.text).toMatch(/\n$/);
  expect(first?.text).not.toMatch(/mem-1|anon-7|rapportseal|v1\./);
  const { subject, data } = JSON.parse(first?.text ?? '') as { subject: string; data: Record<string, string> };
  expect(subject).toBe(data.memberId);
  expect(data.memberId).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(data.anonymousId).not.toBe(data.memberId);
  const vote = JSON.parse(second?.text ?? '') as { subject: string; data: Record<string, unknown> };
  expect(vote).toMatchObject({ subject: 'rev-1', data: { reviewId: 'rev-1', voterId: data.memberId, helpful: true } });
});

it('reports what is no event by itself, and the others go on', async () => {
  const results = await deliver('{', JSON.stringify(reviewVoted.sample), '5');
  expect(results.map(({ recordId, result }) => [recordId, result])).toEqual([
    ['r0', 'ProcessingFailed'],
    ['r1', 'Ok'],
    ['r2', 'ProcessingFailed'],
  ]);
});

it('fails as a whole where the key cannot be had, so that everything comes again', async () => {
  const { handler } = await import('../../../functions/lake/pseudonymise.ts');
  vi.stubEnv('AWS_ENDPOINT_URL_KMS', 'http://127.0.0.1:1');
  const data = Buffer.from(JSON.stringify(reviewVoted.sample)).toString('base64');
  const records = [{ recordId: 'r0', approximateArrivalTimestamp: 0, data }];
  const event = { invocationId: 'i', deliveryStreamArn: 'arn', region: 'eu-west-1', records };
  await expect(handler(event, lambdaContext())).rejects.toThrow();
});
