/** Reading a written CloudFormation template: what refers to what, and what stands where. */

export type Resource = {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  UpdatePolicy?: Record<string, unknown>;
};

export type Template = {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
};

/** A policy statement as the CDK writes it: one thing or a list of things. */
export type Statement = {
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
  Principal?: unknown;
  Condition?: unknown;
};

/** The resources of a stage's stacks together; no logical id appears in two of them. */
export class StageTemplates {
  readonly resources: ReadonlyMap<string, Resource>;
  private readonly exports: ReadonlyMap<string, unknown>;
  private readonly types: ReadonlyMap<string, readonly [id: string, resource: Resource][]>;

  constructor(templates: readonly Template[]) {
    this.resources = new Map(templates.flatMap((template) => Object.entries(template.Resources)));
    this.types = Map.groupBy(this.resources, ([, { Type }]) => Type);
    this.exports = new Map(
      templates
        .flatMap((template) => Object.values(template.Outputs ?? {}))
        .flatMap(({ Value, Export }) => (Export === undefined ? [] : [[Export.Name, Value] as const])),
    );
  }

  ofType(type: string): [id: string, resource: Resource][] {
    return [...(this.types.get(type) ?? [])];
  }

  /** The logical id that a Ref, a GetAtt or an import of one of them leads to; undefined for anything else. */
  idOf(value: unknown): string | undefined {
    const ref = at(value, 'Ref');
    if (typeof ref === 'string') return ref;
    const attribute = at(value, 'Fn::GetAtt');
    if (Array.isArray(attribute)) return String(attribute[0]);
    const imported = at(value, 'Fn::ImportValue');
    return typeof imported === 'string' ? this.idOf(this.exports.get(imported)) : undefined;
  }

  resourceOf(value: unknown): Resource | undefined {
    const id = this.idOf(value);
    return id === undefined ? undefined : this.resources.get(id);
  }

  /** The logical id of the function that an alias, or a reference to the function itself, leads to; undefined for anything else. */
  functionIdOf(value: unknown): string | undefined {
    const id = this.idOf(value);
    const resource = id === undefined ? undefined : this.resources.get(id);
    if (resource?.Type === 'AWS::Lambda::Alias') return this.idOf(property(resource, 'FunctionName'));
    return resource?.Type === 'AWS::Lambda::Function' ? id : undefined;
  }

  functionOf(value: unknown): Resource | undefined {
    const id = this.functionIdOf(value);
    return id === undefined ? undefined : this.resources.get(id);
  }
}

/** What stands at a path of keys, or undefined where the path ends early. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined),
    value,
  );
}

export function property(resource: Resource | undefined, ...path: string[]): unknown {
  return at(resource?.Properties, ...path);
}

/** A list as it is, one thing as a list of one, nothing as an empty list. */
export function listOf<Item = unknown>(value: unknown): Item[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]) as Item[];
}

export function statementsOf(document: unknown): Statement[] {
  return listOf<Statement>(at(document, 'Statement'));
}
