import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SynthesisOptions, synthesise } from '../../infra/app.ts';
import type { StageName } from '../../infra/config.ts';
import { at, property, type Resource, type StageTemplates, type Template } from '../../infra/stacks/template.ts';

export type WrittenStack = { name: string; template: Template; terminationProtection: boolean };

/** The stacks of a stage as they are written, without code and without cdk-nag. */
export async function stacksOf(
  stage: StageName,
  options: Omit<SynthesisOptions, 'stage' | 'bundle' | 'outdir'> = {},
): Promise<WrittenStack[]> {
  const outdir = mkdtempSync(join(tmpdir(), 'rapport-templates-'));
  try {
    const { stacks } = await synthesise({ stage, bundle: false, outdir, ...options });
    return stacks.map(({ stackName: name, template, terminationProtection = false }) => ({
      name,
      template: template as Template,
      terminationProtection,
    }));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export async function templatesOf(stage: StageName): Promise<Template[]> {
  return (await stacksOf(stage)).map(({ template }) => template);
}

export type NamedFunction = { id: string; name: string; entry: string; resource: Resource };

/** The functions of a stage, with what their metadata says. */
export function functionsOf(stage: StageTemplates): NamedFunction[] {
  return stage.ofType('AWS::Lambda::Function').map(([id, resource]) => ({
    id,
    resource,
    name: String(resource.Metadata?.['rapport:name']),
    entry: String(resource.Metadata?.['rapport:entry']),
  }));
}

/** The rule that starts nothing: it lets archived events be read. */
export function isPreview(rule: Resource): boolean {
  return at(property(rule, 'EventPattern', 'replay-name'), '0', 'prefix') !== undefined;
}

/** What starts a function with messages: the rule, the queue it fills, and the mapping that empties it. */
export function reactionsOf(stage: StageTemplates) {
  const functions = new Map(functionsOf(stage).map((it) => [it.id, it]));
  return stage.ofType('AWS::Events::Rule').flatMap(([ruleId, rule]) => {
    const [target] = (property(rule, 'Targets') ?? []) as unknown[];
    const queueId = stage.idOf(at(target, 'Arn'));
    if (queueId === undefined || stage.resources.get(queueId)?.Type !== 'AWS::SQS::Queue') return [];
    if (isPreview(rule)) return [];
    const mappings = stage
      .ofType('AWS::Lambda::EventSourceMapping')
      .map(([, mapping]) => mapping)
      .filter((mapping) => stage.idOf(property(mapping, 'EventSourceArn')) === queueId);
    return [
      {
        ruleId,
        rule,
        target,
        queueId,
        mappings,
        functions: mappings.map((it) => functions.get(stage.functionIdOf(property(it, 'FunctionName')) ?? '')),
      },
    ];
  });
}
