const NAME_LENGTH_MAX = 128;

/** What stands for one thing among many: numbers, UUIDs, long tokens, addresses, and what is written with `%`. */
const IDENTIFIER = /^\d+$|^[0-9a-f-]{16,}$|^(?=.*\d)[\w-]{16,}$|[%@]|^.{33,}$/i;

/** A feature's name of a path, where no route is known: without what would make each request a feature of its own. */
export function routeNameOfPath(path: string): string {
  const [plain = "/"] = path.split(/[?#]/, 1);
  const parts = plain.split("/").map((part) => (IDENTIFIER.test(part) ? ":id" : part));
  return routeName(parts.join("/"));
}

/** A feature's name of a route: `/chats/{id}` and `/chats/:id` are the same. */
export function routeName(route: string): string {
  const name = route
    .replace(/\{([^{}+]+)\+?\}/g, ":$1")
    .replace(/#/g, "")
    .slice(0, NAME_LENGTH_MAX);
  return name === "" ? "/" : name;
}
