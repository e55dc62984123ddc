import type { AnyFunction, FunctionTerms, ResultOf, ToldUsage } from "./tracked-function.ts";

/** What the calls of a method are. It is not known yet where they are told, so `usage` says what it reads. */
export interface MethodTerms<Result> extends Omit<FunctionTerms, "usage"> {
  readonly usage?: (result: Result) => ToldUsage | undefined;
}

/** A decorator of methods, static and private ones too. https://github.com/tc39/proposal-decorators */
export type MethodDecorator<Result> = <Method extends AnyFunction>(
  method: Method & (ResultOf<Method> extends Result ? unknown : never),
  context: ClassMethodDecoratorContext,
) => Method;
