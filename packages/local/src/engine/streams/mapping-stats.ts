/** Counters since the mapping started. */
export interface MappingStats {
  invocations: number;
  failedInvocations: number;
  retries: number;
  /** Brought to the function and checkpointed. */
  deliveredRecords: number;
  /** Passed over by the filter. */
  filteredRecords: number;
  /** Delivered again on purpose, by faults. */
  redeliveredRecords: number;
  /** Given up, and sent to the on-failure destination. */
  discardedRecords: number;
}

export function newMappingStats(): MappingStats {
  return {
    invocations: 0,
    failedInvocations: 0,
    retries: 0,
    deliveredRecords: 0,
    filteredRecords: 0,
    redeliveredRecords: 0,
    discardedRecords: 0,
  };
}
