import { describe, expect, it } from 'vitest';
import { readWiring } from '../../infra/local/wiring/read-wiring.ts';
import { Resolver } from '../../infra/local/wiring/resolve.ts';
import { fixtureStacks } from './fixture/stacks.ts';

const options = {
  surroundings: { region: 'eu-west-1', account: '000000000000' },
  queueUrl: (name: string) => `http://localhost:1/000000000000/${name}`,
};

describe('the wiring of an app', () => {
  const wiring = readWiring(fixtureStacks(), options);

  it('finds tables with keys, indexes, stream and expiry', () => {
    expect(wiring.tables).toEqual([
      {
        name: 'rapport-fixture-facts',
        arn: 'arn:aws:dynamodb:eu-west-1:000000000000:table/rapport-fixture-facts',
        hashKey: 'pk',
        rangeKey: 'sk',
        attributeTypes: { pk: 'S', sk: 'S', state: 'S' },
        indexes: [{ name: 'attention', hashKey: 'state', projection: { type: 'KEYS_ONLY', attributes: [] } }],
        streamView: 'NEW_AND_OLD_IMAGES',
        ttlAttribute: 'ttl',
      },
    ]);
  });

  it('gives functions their environment, resolved over stacks', () => {
    const environmentOf = (name: string) => wiring.functions.find((fn) => fn.name === name)?.environment;
    expect(environmentOf('fixture-publish')).toEqual({
      BUS_NAME: 'rapport-fixture',
      DEAD_QUEUE_URL: 'http://localhost:1/000000000000/rapport-fixture-facts-dead',
    });
    expect(environmentOf('fixture-echo')).toEqual({ GREETING: 'hello from eu-west-1' });
  });

  it('connects rules, queues, dead letters and mappings', () => {
    expect(wiring.rules.map(({ targets }) => targets)).toEqual([
      [{ kind: 'queue', queue: 'rapport-fixture-facts-in', inputPath: ['detail'] }],
      [{ kind: 'queue', queue: 'rapport-fixture-derived', inputPath: ['detail'] }],
      [{ kind: 'lake', deliveryStream: 'rapport-fixture-lake', inputPath: ['detail'] }],
    ]);
    expect(wiring.queues[0]?.redrive).toEqual({ deadLetterQueue: 'rapport-fixture-facts-dead', maxReceiveCount: 5 });
    expect(wiring.queueMappings).toEqual([
      {
        queue: 'rapport-fixture-facts-in',
        functionName: 'fixture-store-fact',
        batchSize: 10,
        maxConcurrency: 2,
        reportsItemFailures: true,
      },
      {
        queue: 'rapport-fixture-derived',
        functionName: 'fixture-keep-derived',
        batchSize: 1,
        maxConcurrency: 5,
        reportsItemFailures: false,
      },
    ]);
    expect(wiring.streamMappings).toEqual([
      {
        table: 'rapport-fixture-facts',
        functionName: 'fixture-publish',
        batchSize: 100,
        bisectOnError: true,
        reportsItemFailures: true,
        maxRetryAttempts: 2,
        failureQueue: 'rapport-fixture-publish-dead',
        matches: expect.any(Function),
      },
    ]);
  });

  it('reads schedules and routes', () => {
    expect(wiring.schedules).toMatchObject([{ functionName: 'fixture-hourly', everyMs: 3_600_000 }]);
    expect(wiring.routes).toEqual([
      { routeKey: 'GET /v1/open/{id}', functionName: 'fixture-echo', scopes: [] },
      {
        routeKey: 'POST /v1/secured',
        functionName: 'fixture-echo',
        scopes: [],
        authorizer: { issuer: 'https://issuer.example', audience: ['fixture-audience'] },
      },
      { routeKey: '$default', functionName: 'fixture-echo', scopes: [] },
    ]);
  });
});

const filter = (pattern: unknown) => ({ Filters: [{ Pattern: JSON.stringify(pattern) }] });
const onlyFacts = filter({ dynamodb: { Keys: { sk: { S: ['FACT'] } } } });
const numeric = filter({ dynamodb: { Keys: { sk: { N: [{ numeric: ['>', 1] }] } } } });

describe('what the local runtime does not know', () => {
  const read = (change: Parameters<typeof fixtureStacks>[0]) => () => readWiring(fixtureStacks(change), options);
  type Resources = Parameters<NonNullable<Parameters<typeof fixtureStacks>[0]>>[0];
  const set = (id: string, name: string, value: unknown) => (resources: Resources) => {
    (resources[id]?.Properties as Record<string, unknown>)[name] = value;
  };

  it('is an error for a type of resource, with its name', () => {
    const change = (resources: Resources): void => {
      resources.Stream = { Type: 'AWS::Kinesis::Stream', Properties: {} };
    };
    expect(read(change)).toThrow('fixture-stateless/Stream (AWS::Kinesis::Stream)');
  });

  it.each([
    ['a property of a mapping', set('FactMapping', 'Queues', []), /FactMapping .*Queues/],
    ['a filter on a queue', set('FactMapping', 'FilterCriteria', onlyFacts), /FactMapping.*unread/],
    ['an operator of a filter', set('PublishMapping', 'FilterCriteria', numeric), /PublishMapping.*numeric/],
    ['a property of a queue', set('FactQueue', 'FifoQueue', true), /FactQueue .*FifoQueue/],
    ['a cron schedule', set('HourlyRule', 'ScheduleExpression', 'cron(0 1 * * ? *)'), /cron/],
    ['a disabled rule', set('FactRule', 'State', 'DISABLED'), /FactRule/],
    ['an authorizer that is no JWT', set('Authorizer', 'AuthorizerType', 'REQUEST'), /Authorizer/],
    ['payload format 1.0', set('EchoIntegration', 'PayloadFormatVersion', '1.0'), /EchoIntegration/],
    ['an alias between two versions', set('EchoLive', 'RoutingConfig', {}), /EchoLive .*RoutingConfig/],
    ['an alias of what was written last', set('EchoLive', 'FunctionVersion', '$LATEST'), /EchoLive .*FunctionVersion/],
    ['an alias of nothing', set('EchoLive', 'FunctionName', 'elsewhere'), /EchoLive.*elsewhere/],
    ['a property of a version', set('EchoVersion', 'ProvisionedConcurrencyConfig', {}), /EchoVersion .*Provisioned/],
    ['a target outside the app', set('FactMapping', 'EventSourceArn', 'arn:aws:sqs:elsewhere'), /elsewhere/],
    ['a function outside the app', set('FactMapping', 'FunctionName', 'elsewhere'), /elsewhere/],
    ['an intrinsic function', set('FactQueue', 'RedrivePolicy', { 'Fn::If': ['A', 1, 2] }), /Fn::If/],
    ['a reference to nothing', set('FactMapping', 'FunctionName', { Ref: 'Nobody' }), /Nobody/],
    ['an import of nothing', set('FactRule', 'EventBusName', { 'Fn::ImportValue': 'nothing' }), /nothing/],
    ['a rule of no bus', set('FactRule', 'EventBusName', 'default'), /FactRule/],
  ])('is an error for %s', (_name, change, expected) => {
    expect(read(change)).toThrow(expected);
  });

  it('hands over the records that the filter of a stream lets through', () => {
    const template = read(set('PublishMapping', 'FilterCriteria', onlyFacts));
    const { matches } = template().streamMappings[0] ?? {};
    expect(matches?.({ dynamodb: { Keys: { sk: { S: 'FACT' } } } })).toBe(true);
    expect(matches?.({ dynamodb: { Keys: { sk: { S: 'OTHER' } } } })).toBe(false);
  });

  it('is an error for a function without an entry', () => {
    const change = (resources: Resources): void => {
      delete resources.Echo?.Metadata;
    };
    expect(read(change)).toThrow(/Echo.*rapport:entry/);
  });
});

describe('intrinsic functions', () => {
  const template = {
    Parameters: { Size: { Type: 'Number', Default: 3 } },
    Resources: { Thing: { Type: 'A::B::C', Properties: {} } },
  };
  const resolver = new Resolver([{ stackName: 'one', template }], options.surroundings, () => ({
    ref: 'thing-name',
    attributes: { Arn: 'arn:thing' },
  }));

  it.each([
    [{ Ref: 'Thing' }, 'thing-name'],
    [{ Ref: 'Size' }, 3],
    [{ Ref: 'AWS::StackName' }, 'one'],
    [{ 'Fn::GetAtt': ['Thing', 'Arn'] }, 'arn:thing'],
    [{ 'Fn::GetAtt': 'Thing.Arn' }, 'arn:thing'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Thing' }, 'b']] }, 'a-thing-name-b'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how CloudFormation writes it
    [{ 'Fn::Sub': '${Thing}/${Thing.Arn}/${AWS::AccountId}' }, 'thing-name/arn:thing/000000000000'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how CloudFormation writes it
    [{ 'Fn::Sub': ['${Own}!', { Own: { Ref: 'Thing' } }] }, 'thing-name!'],
    [{ kept: 1, dropped: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    [
      [1, { Ref: 'AWS::NoValue' }, 2],
      [1, 2],
    ],
  ])('%j is %j', (value, expected) => {
    expect(resolver.resolve(value, 'one')).toEqual(expected);
  });

  it('an attribute that nobody knows is an error', () => {
    expect(() => resolver.resolve({ 'Fn::GetAtt': ['Thing', 'Colour'] }, 'one')).toThrow(/Colour of A::B::C/);
  });
});
