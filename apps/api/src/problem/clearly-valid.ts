import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, type ValidationArguments } from 'class-validator';

/** A class that says by its decorators what a body must be. */
export type Shape<Body extends object = object> = new () => Body;

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Owner = Readonly<Record<string, unknown>>;
type Holds = (value: unknown, owner: Owner) => boolean;

type Member = { readonly name: string; readonly mayBeLeftOut: boolean; readonly rules: readonly Holds[] };

/** The members there are, and the rules of each; null for a shape with rules that only class-validator knows. */
type Plan = { readonly names: ReadonlySet<string>; readonly members: readonly Member[] } | null;

const plans = new Map<Shape, Plan>();

/**
 * Says of an object as JSON.parse made it that class-validator, by our rules, and what is beyond it would find nothing.
 * It asks the same decorators, which it reads once for each shape, and makes no object on the way; a shape may have no
 * `@Transform`. False says nothing: then they have to be asked.
 */
export function isClearlyValid(shape: Shape, value: object): boolean {
  const plan = planOf(shape);
  return plan !== null && holds(plan, value as Owner);
}

function holds({ names, members }: NonNullable<Plan>, owner: Owner): boolean {
  for (const name in owner) if (!names.has(name)) return false;
  for (const member of members) if (!memberHolds(member, owner[member.name], owner)) return false;
  return true;
}

function memberHolds({ mayBeLeftOut, rules }: Member, value: unknown, owner: Owner): boolean {
  if (value === undefined) return mayBeLeftOut;
  if (value === null) return false;
  for (const rule of rules) if (!rule(value, owner)) return false;
  return true;
}

function planOf(shape: Shape): Plan {
  const known = plans.get(shape);
  if (known !== undefined) return known;
  const plan = readPlan(shape);
  plans.set(shape, plan);
  return plan;
}

function readPlan(shape: Shape): Plan {
  const plan = new Map<string, { name: string; mayBeLeftOut: boolean; rules: Holds[] }>();
  for (const rule of getMetadataStorage().getTargetValidationMetadatas(shape, '', false, false)) {
    const { propertyName: name } = rule;
    const member = plan.get(name) ?? { name, mayBeLeftOut: false, rules: [] };
    plan.set(name, member);
    if (isOptional(rule)) {
      member.mayBeLeftOut = true;
      continue;
    }
    const test = testOf(shape, rule);
    if (test === null) return null;
    member.rules.push(test);
  }
  return plan.size === 0 ? null : { names: new Set(plan.keys()), members: [...plan.values()] };
}

/** `@IsOptional`, and no other condition: this one says no of nothing and yes of a value. */
function isOptional({ type, constraints, propertyName }: Rule): boolean {
  if (type !== 'conditionalValidation') return false;
  const [condition] = constraints as ((owner: object, value: unknown) => boolean)[];
  return condition?.({}, undefined) === false && condition({ [propertyName]: '' }, '');
}

function testOf(shape: Shape, rule: Rule): Holds | null {
  const { groups, validateIf } = rule as Partial<Rule>;
  if ((groups?.length ?? 0) > 0 || validateIf !== undefined) return null;
  if (rule.type === 'customValidation') return customOf(rule);
  return rule.type === 'nestedValidation' ? nestedOf(shape, rule) : null;
}

const NOBODY = {};

function customOf({ constraintCls, constraints, each, propertyName: property }: Rule): Holds | null {
  const validators = getMetadataStorage().getTargetValidatorConstraints(constraintCls);
  const [validator] = validators;
  if (validator === undefined || validators.length > 1 || validator.async) return null;
  const { instance } = validator;
  // Told the same object each time, since this is asked for each value of each line.
  const told: ValidationArguments = {
    value: undefined,
    object: NOBODY,
    property,
    constraints,
    targetName: '',
  };
  const one: Holds = (value, object) => {
    told.value = value;
    told.object = object;
    // A promise, which only class-validator waits for, is not true.
    const isGood = instance.validate(value, told) === true;
    told.value = undefined;
    told.object = NOBODY;
    return isGood;
  };
  if (!each) return one;
  return (value, object) => Array.isArray(value) && value.every((item) => one(item, object));
}

function nestedOf(shape: Shape, { each, propertyName }: Rule): Holds | null {
  const nested = nestedShape(shape, propertyName);
  const plan = nested === null ? null : planOf(nested);
  if (plan === null) return null;
  const one = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && holds(plan, value as Owner);
  return each ? (value) => Array.isArray(value) && value.every(one) : one;
}

/** Of what class an object at this member is made. */
function nestedShape(shape: Shape, property: string): Shape | null {
  const made = plainToInstance(shape, { [property]: {} }) as Owner;
  const { constructor } = made[property] as object;
  return constructor === Object ? null : (constructor as Shape);
}
