export {
  acquireLease,
  consultBudgets,
  type LeaseOutcome,
  type LeaseRequest,
} from "./acquire-lease.ts";
export { type CloseOutcome, findLease, releaseLease, settleLease, trueUpLease } from "./close-lease.ts";
export { expireLeases } from "./expire-leases.ts";
export { auditLedger, type LedgerAudit } from "./ledger-audit.ts";
export type { Ledger } from "./ledger-item.ts";
export { type LedgerStatus, ledgerStatus } from "./ledger-status.ts";
export { keepLedgers, ledgerNewsOf } from "./ledger-watch.ts";
export { type BudgetPeriod, type FreshLedger, openLedger, refreshLedger } from "./ledgers.ts";
export { type LeaseRenewal, type RenewOutcome, renewLease } from "./renew-lease.ts";
export { type LedgerRepair, listLedgerRepairs, repairLedger } from "./repair-ledger.ts";
