import type { Field, OutputField } from './field';

export type InputFields = Readonly<Record<string, Field<unknown>>>;
export type OutputFields = Readonly<Record<string, OutputField<unknown>>>;

/** The values of an action's inputs, by the names that the user writes. */
export type InputsOf<Fields extends InputFields> = {
  readonly [Name in keyof Fields]: Fields[Name] extends Field<infer Value> ? Value : never;
};

/** The values that a run hands back; one that is left out reads as '' in a workflow. */
export type OutputsOf<Fields extends OutputFields> = {
  readonly [Name in keyof Fields]?: Fields[Name] extends OutputField<infer Value>
    ? Value | undefined
    : never;
};

/** One row of the permissions that a workflow's job must grant, and what for. */
export interface Permission {
  readonly scope: string;
  readonly access: 'read' | 'write';
  readonly why: string;
}

/** What must hold between inputs; it is looked at once each of `inputs` is good by itself. */
export interface Rule<Fields extends InputFields> {
  /** The first one is named in the message. */
  readonly inputs: readonly [keyof Fields & string, ...(keyof Fields & string)[]];
  readonly holds: (inputs: InputsOf<Fields>) => boolean;
  readonly problem: string;
  readonly fix: string;
}

/** All that is known of an action from outside; types, action.yml and README tables derive from it. */
export interface Contract<Inputs extends InputFields, Outputs extends OutputFields> {
  /** Folder name below actions/, src/actions/ and dist/. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Has work for the end of the job (`post` of its main.ts); without it GitHub starts no second process there. */
  readonly post?: true;
  readonly permissions: readonly Permission[];
  readonly inputs: Inputs;
  readonly outputs: Outputs;
  readonly rules: readonly Rule<Inputs>[];
}

/** Any action's contract, for those who only describe it. */
export type AnyContract = Omit<Contract<InputFields, OutputFields>, 'rules'>;

/** States an action once; every other description of it derives from here. */
export function defineAction<const Inputs extends InputFields, const Outputs extends OutputFields>(
  contract: Contract<Inputs, Outputs>,
): Contract<Inputs, Outputs> {
  return contract;
}
