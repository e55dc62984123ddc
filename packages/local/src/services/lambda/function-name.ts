/** A function may be called by its name, its ARN, `account:function:name`, each with a qualifier or without. */
export function functionNameOf(nameOrArn: string): string {
  const name = /(?:^|:)function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
  return name.split(":")[0] ?? name;
}
