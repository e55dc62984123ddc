/** Commands that messages tell people of, as the command line has them. */
export const commands = {
  status: (budgetId: string) => `npx ai-usage budget status ${shellWord(budgetId)}`,
  acknowledge: (alertId: string) => `npx ai-usage alerts ack ${shellWord(alertId)}`,
  increase: (budgetId: string) =>
    `npx ai-usage budget increase ${shellWord(budgetId)} --amount … --for 24h --reason …`,
  listAlerts: "npx ai-usage alerts list",
  unpriced: "npx ai-usage prices unpriced",
  setPrice: (price: { service: string; subject: string; prices: string }) =>
    `npx ai-usage prices set --provider ${shellWord(price.service)} --model ${shellWord(price.subject)} ${price.prices}`,
};

/** A name as one word of a shell, whatever its sender put into it. */
function shellWord(name: string): string {
  return /^[\w.:/@-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
