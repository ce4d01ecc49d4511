import type { ClickHouseSettings } from '@clickhouse/client';
import type { Layout } from './layout.ts';

/**
 * What the embedded engine has in its configuration (engine-config.ts) goes to a server with every statement: an answer may not
 * depend on the profile that an administrator gave the user. The user's profile must allow settings to be changed.
 */
const EVERY: ClickHouseSettings = {
  enable_analyzer: 1,
  session_timezone: 'UTC',
  join_use_nulls: 0,
  transform_null_in: 0,
  cast_keep_nullable: 1,
  do_not_merge_across_partitions_select_final: 1,
  max_query_size: '268435456',
  max_ast_elements: '20000000',
  max_expanded_ast_elements: '20000000',
  max_ast_depth: '2000',
};

const READ: ClickHouseSettings = {
  ...EVERY,
  // 1 would forbid the other settings where the user's profile says so already.
  readonly: '2',
  date_time_output_format: 'simple',
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 0,
  output_format_json_quote_denormals: 0,
  max_result_rows: '2000000',
  result_overflow_mode: 'throw',
  // A failure in the middle of an answer is a failure, not a broken text.
  wait_end_of_query: 1,
  cancel_http_readonly_queries_on_client_close: 1,
  use_query_cache: 0,
};

const WRITE: ClickHouseSettings = {
  ...EVERY,
  // Durable when it returns.
  async_insert: 0,
  wait_end_of_query: 1,
  max_partitions_per_insert_block: '0',
  mutations_sync: '2',
  alter_sync: '2',
  // So that no proxy takes a long statement for a dead one.
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: '20000',
};

/** Every node holds every table; whoever is asked asks the shards. Each of these is needed for right answers, see docs/scale.md. */
const CLUSTER: ClickHouseSettings = {
  // Sub-queries are answered once, over all shards, and handed to each of them.
  distributed_product_mode: 'global',
  skip_unavailable_shards: 0,
  load_balancing: 'in_order',
  max_parallel_replicas: '1',
  // What was written is read by whoever asks next, whichever replica answers.
  select_sequential_consistency: '1',
  distributed_aggregation_memory_efficient: 1,
};

const CLUSTER_WRITE: ClickHouseSettings = {
  ...CLUSTER,
  insert_distributed_sync: 1,
  parallel_distributed_insert_select: '0',
  insert_quorum: 'auto',
  // One insert after the other into a table: only then can reads know what is whole.
  insert_quorum_parallel: 0,
  max_insert_threads: '1',
  distributed_ddl_task_timeout: '180',
  distributed_ddl_output_mode: 'throw',
};

export const readSettings = ({ kind }: Layout): ClickHouseSettings =>
  kind === 'cluster' ? { ...READ, ...CLUSTER } : READ;

export const writeSettings = ({ kind }: Layout): ClickHouseSettings =>
  kind === 'cluster' ? { ...WRITE, ...CLUSTER_WRITE } : WRITE;

/** For statements that may not hold others up. */
export const HEAVY: ClickHouseSettings = { priority: '10' };
export const ORDINARY: ClickHouseSettings = { priority: '1' };
