/**
 * Resolves CloudFormation's intrinsic functions over all stacks of an app at once, as far as the stacks use them. What
 * a resource answers to `Ref` and `Fn::GetAtt` is decided by `identify`, one entry per resource type.
 */
import { WiringError } from './model.ts';

export type StackTemplate = { stackName: string; template: unknown };

export type Resource = {
  stack: string;
  logicalId: string;
  type: string;
  properties: Readonly<Record<string, unknown>>;
  metadata: Readonly<Record<string, unknown>>;
};

/** What `Ref` and `Fn::GetAtt` give for one resource. */
export type Identity = { ref: string; attributes: Readonly<Record<string, string>> };

export type Surroundings = { region: string; account: string };

export class Resolver {
  readonly resources: readonly Resource[];
  readonly #byId = new Map<string, Resource>();
  readonly #exports = new Map<string, { stack: string; value: unknown }>();
  readonly #parameters = new Map<string, unknown>();
  readonly #identities = new Map<Resource, Identity>();
  readonly #underWay = new Set<Resource>();
  readonly #identify: (resource: Resource, resolver: Resolver) => Identity;
  readonly #surroundings: Surroundings;

  constructor(
    stacks: readonly StackTemplate[],
    surroundings: Surroundings,
    identify: (resource: Resource, resolver: Resolver) => Identity,
  ) {
    this.#identify = identify;
    this.#surroundings = surroundings;
    for (const { stackName, template } of stacks) this.#readStack(stackName, record(template, stackName));
    this.resources = [...this.#byId.values()];
  }

  #readStack(stack: string, template: Readonly<Record<string, unknown>>): void {
    for (const [logicalId, raw] of Object.entries(record(template.Resources ?? {}, stack))) {
      const where = `${stack}/${logicalId}`;
      const resource = record(raw, where);
      if (resource.Condition !== undefined) throw new WiringError(`${where}: conditions are not known locally`);
      this.#byId.set(where, {
        stack,
        logicalId,
        type: String(resource.Type),
        properties: record(resource.Properties ?? {}, where),
        metadata: record(resource.Metadata ?? {}, where),
      });
    }
    for (const [name, raw] of Object.entries(record(template.Parameters ?? {}, stack))) {
      this.#parameters.set(`${stack}/${name}`, record(raw, name).Default);
    }
    for (const [name, raw] of Object.entries(record(template.Outputs ?? {}, stack))) {
      const output = record(raw, name);
      if (output.Export === undefined) continue;
      const exportName = record(output.Export, name).Name;
      if (typeof exportName !== 'string') throw new WiringError(`${stack}/${name}: the name of an export is a string`);
      this.#exports.set(exportName, { stack, value: output.Value });
    }
  }

  /** The identity of a resource, worked out once. */
  identityOf(resource: Resource): Identity {
    const known = this.#identities.get(resource);
    if (known !== undefined) return known;
    if (this.#underWay.has(resource)) throw new WiringError(`${whereIs(resource)}: refers to itself`);
    this.#underWay.add(resource);
    const identity = this.#identify(resource, this);
    this.#underWay.delete(resource);
    this.#identities.set(resource, identity);
    return identity;
  }

  /** A value with every intrinsic function in it replaced. */
  resolve(value: unknown, stack: string): unknown {
    if (Array.isArray(value))
      return value.map((element) => this.resolve(element, stack)).filter((v) => v !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (entries.length === 1 && first !== undefined && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return this.#call(first[0], first[1], stack);
    }
    const resolved = entries.map(([name, inner]): [string, unknown] => [name, this.resolve(inner, stack)]);
    return Object.fromEntries(resolved.filter(([, inner]) => inner !== undefined));
  }

  #call(name: string, argument: unknown, stack: string): unknown {
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument), stack);
      case 'Fn::GetAtt':
        return this.#attribute(argument, stack);
      case 'Fn::Join':
        return this.#join(argument, stack);
      case 'Fn::Sub':
        return this.#substitute(argument, stack);
      case 'Fn::ImportValue':
        return this.#import(this.resolve(argument, stack));
      default:
        throw new WiringError(`${stack}: the intrinsic function ${name} is not known locally`);
    }
  }

  #ref(name: string, stack: string): unknown {
    switch (name) {
      case 'AWS::Region':
        return this.#surroundings.region;
      case 'AWS::AccountId':
        return this.#surroundings.account;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return stack;
      case 'AWS::NoValue':
        return undefined;
    }
    const resource = this.#byId.get(`${stack}/${name}`);
    if (resource !== undefined) return this.identityOf(resource).ref;
    const parameter = this.#parameters.get(`${stack}/${name}`);
    if (parameter !== undefined) return parameter;
    throw new WiringError(`${stack}: Ref to ${name}, which is no resource and no parameter with a default`);
  }

  #attribute(argument: unknown, stack: string): string {
    const [logicalId = '', attribute = ''] =
      typeof argument === 'string' ? splitOnce(argument) : strings(argument, stack);
    const resource = this.#byId.get(`${stack}/${logicalId}`);
    if (resource === undefined) throw new WiringError(`${stack}: Fn::GetAtt of ${logicalId}, which is no resource`);
    const value = this.identityOf(resource).attributes[attribute];
    if (value === undefined) {
      throw new WiringError(
        `${whereIs(resource)}: the attribute ${attribute} of ${resource.type} is not known locally`,
      );
    }
    return value;
  }

  #join(argument: unknown, stack: string): string {
    if (!Array.isArray(argument) || argument.length !== 2)
      throw new WiringError(`${stack}: Fn::Join takes two arguments`);
    const [separator, list] = argument;
    return strings(this.resolve(list, stack), stack).join(String(separator));
  }

  #substitute(argument: unknown, stack: string): string {
    const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const given = record(this.resolve(variables, stack), stack);
    return String(template).replace(/\$\{([^!}][^}]*)\}/g, (_match, name: string) => {
      const own = given[name];
      if (own !== undefined) return String(own);
      return String(name.includes('.') ? this.#attribute(name, stack) : this.#ref(name, stack));
    });
  }

  #import(name: unknown): unknown {
    const exported = this.#exports.get(String(name));
    if (exported === undefined) throw new WiringError(`Fn::ImportValue of ${String(name)}, which no stack exports`);
    return this.resolve(exported.value, exported.stack);
  }
}

/** Names a resource in an error. */
export function whereIs(resource: Resource): string {
  return `${resource.stack}/${resource.logicalId}`;
}

function splitOnce(text: string): [string, string] {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}

function record(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WiringError(`${where}: an object was expected`);
  }
  return value as Record<string, unknown>;
}

function strings(value: unknown, where: string): string[] {
  if (!Array.isArray(value)) throw new WiringError(`${where}: a list was expected`);
  return value.map(String);
}
