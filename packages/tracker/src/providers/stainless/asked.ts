import { type ApiPromise, isApiPromise, type ResponseProps } from "./api-promise.ts";

/** A request that a caller has made, with what is known of what the caller does with the answer. */
export interface Asked {
  made?: Promise<ResponseProps>;
  /** What the caller has of it. */
  promise?: ApiPromise;
  /** The response is wanted as it comes: nothing that is asked for on top can be hidden in it. */
  isRaw: boolean;
}

/** Those that are not sent yet, few and for a moment: a property on their promises would take the engine's short way of awaiting. */
const unsent: Asked[] = [];

/** @param make begins the request, which is not sent before {@link isSent} is told */
export function asking(make: (asked: Asked) => Promise<ResponseProps>): Promise<ResponseProps> {
  const asked: Asked = { isRaw: false };
  unsent.push(asked);
  asked.made = make(asked);
  return asked.made;
}

export function isSent(asked: Asked): void {
  unsent.splice(unsent.indexOf(asked), 1);
}

/**
 * Makes what watches how callers take what they asked for. A promise stays the object that it was, of the same class.
 *
 * @param take is told when a caller takes the response itself
 */
export function takingWatch(take: (props: ResponseProps) => void): (promise: ApiPromise) => void {
  /** In front of the prototypes of SDKs: objects whose own properties are replaced, one by one, would cost each call more. */
  const prototypes = new WeakMap<object, object>();
  const watch = (promise: ApiPromise): void => {
    const asked = askedBy(promise);
    if (asked !== undefined) asked.promise = promise;
    const prototype: ApiPromise = Object.getPrototypeOf(promise);
    let watching = prototypes.get(prototype);
    if (watching === undefined) {
      watching = watchingPrototype(prototype, { take, watch });
      prototypes.set(prototype, watching);
    }
    Object.setPrototypeOf(promise, watching);
  };
  return watch;
}

interface Watching {
  readonly take: (props: ResponseProps) => void;
  readonly watch: (promise: ApiPromise) => void;
}

function watchingPrototype(prototype: ApiPromise, { take, watch }: Watching): object {
  const { asResponse, _thenUnwrap: unwrap } = prototype;
  const watching = {
    asResponse(this: ApiPromise) {
      // Whoever reads the answer already wants the response beside it.
      if (this.parsedPromise !== undefined) return asResponse.call(this);
      const asked = askedBy(this);
      if (asked !== undefined) asked.isRaw = true;
      return this.responsePromise.then((props) => {
        take(props);
        return asResponse.call(this);
      });
    },
    ...(unwrap !== undefined && {
      _thenUnwrap(this: ApiPromise, ...given: unknown[]) {
        const promise = unwrap.apply(this, given);
        if (isApiPromise(promise)) watch(promise);
        return promise;
      },
    }),
  };
  const members = Object.entries(watching).map(
    ([name, value]) => [name, { value, writable: true, configurable: true }] as const,
  );
  return Object.create(prototype, Object.fromEntries(members));
}

/** Nothing when it is sent. */
function askedBy({ responsePromise }: ApiPromise): Asked | undefined {
  return unsent.findLast(({ made }) => made === responsePromise);
}
