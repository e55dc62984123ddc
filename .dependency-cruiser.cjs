/** Imports point down only; what may import what is the design's layout. */
const only = (from, allowed) => ({
  name: `${from.replaceAll("/", "-")}-imports-down`,
  severity: "error",
  from: { path: `^${from}/` },
  to: {
    path: "^(bin|lib|lambdas|packages|test|scripts)/",
    pathNot: [from, ...allowed].map((folder) => `^${folder}(/|$)`),
  },
});

const packages = ["core", "wire", "pricing", "store", "ingest", "alerting"].map((name) => `packages/${name}`);

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "no-dev-dependency-at-run-time",
      severity: "error",
      from: { path: "^(lambdas|packages)/", pathNot: "\\.test\\.ts$|/testing/|^packages/(local|demo)/" },
      // What is a peer is there in the application that uses it, and here for the tests.
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm-peer", "type-only"], pathNot: "@types/" },
    },
    only("packages/core", []),
    only("packages/wire", ["packages/core"]),
    only("packages/pricing", ["packages/core"]),
    only("packages/store", ["packages/core"]),
    only("packages/ingest", ["packages/core", "packages/wire", "packages/pricing", "packages/store"]),
    only("packages/alerting", ["packages/core"]),
    only("packages/client", ["packages/core", "packages/wire"]),
    only("packages/tracker", ["packages/core", "packages/client", "packages/ingest"]),
    {
      name: "only-one-way-of-sending-ingests",
      comment:
        "A tracker sends metrics; its transport to DynamoDB stores them itself, and must do it as the function does.",
      severity: "error",
      from: { path: "^packages/tracker/", pathNot: "/delivery/dynamodb-transport\\.ts$" },
      to: { path: "^packages/ingest/" },
    },
    only("packages/cli", ["packages/client", "packages/tracker"]),
    only("packages/local", ["packages/core", "packages/client"]),
    only("packages/demo", ["packages/core", "packages/client", "packages/cli", "packages/local"]),
    only("lambdas", [...packages, "package.json"]),
    only("lib", []),
    only("bin", ["lib"]),
    {
      name: "domain-without-infrastructure",
      severity: "error",
      from: { path: "^packages/(core|pricing)/src/", pathNot: "\\.test\\.ts$" },
      to: { path: "node_modules/(@aws-sdk|zod|hono)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default", "types"] },
    moduleSystems: ["es6", "cjs"],
  },
};
