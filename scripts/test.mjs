// Everything that must hold, in one command: formatting and lint, types, import directions, dead code, tests.
// Ends with the line "N passed, N failed". Arguments go to vitest: `npm test -- --project unit`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const vitestArguments = process.argv.slice(2);
const results = mkdtempSync(join(tmpdir(), "ai-usage-test-"));
const report = join(results, "vitest.json");

const checks = [
  ["format and lint", "biome", ["ci", "--error-on-warnings", "."]],
  ["types", "tsc", ["--noEmit", "--project", "."]],
  [
    "import directions",
    "depcruise",
    ["--config", ".dependency-cruiser.cjs", "bin", "lib", "lambdas", "packages"],
    // It reports success when it can read nothing.
    /\(\d{3,} modules/,
  ],
  ["dead code", "knip", ["--no-progress"]],
];

let passed = 0;
let failed = 0;
for (const [name, command, parameters, mustSay] of vitestArguments.length > 0 ? [] : checks) {
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(`node_modules/.bin/${command}`, parameters, {
    encoding: "utf8",
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const ok = status === 0 && (mustSay === undefined || mustSay.test(stdout));
  console.log(`${ok ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (ok) passed += 1;
  else {
    failed += 1;
    console.log(stdout + stderr);
  }
}

const { status } = spawnSync(
  "node_modules/.bin/vitest",
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...vitestArguments],
  { stdio: ["ignore", "inherit", "inherit"] },
);
try {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  passed += numPassedTests;
  // A file that fails before its first test has no failed test to count.
  const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  failed += numFailedTests + broken.length;
} catch {
  failed += 1;
}
if (status !== 0 && failed === 0) failed = 1;
rmSync(results, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
