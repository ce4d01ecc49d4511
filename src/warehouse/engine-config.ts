import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE } from './tables.ts';

/** What the engine child is told on its command line, as JSON. */
export interface EngineOptions {
  /** Folder of the projection; `data/` below it is the engine's own. */
  folder: string;
  socketPath: string;
  /** Sessions that answer reads; each runs one statement at a time. */
  readers: number;
  /** Threads of the sessions that answer reads which ask for fewer than `threads`. */
  slowThreads: number;
  /** Sessions that insert and change. */
  writers: number;
  /** Threads of one statement. */
  threads: number;
  /** Bytes that the engine may hold; one statement gets 3/5 of it. */
  memoryBytes: number;
  /** Rows that one answer may have. */
  resultRows: number;
}

/** What the engine prints on its standard output, one JSON line each. */
export type EngineNotice = { ready: true; openMs: number } | { failed: string } | { damaged: string };

/** Where the engine notes that it met damaged data, so that the next start looks no further and sets the folder aside. */
export const damageNote = (folder: string): string => join(folder, 'damaged');

/**
 * Writes the engine's configuration: its only user may use the database `turnout` and nothing else, so that every table function
 * and table engine that reaches files, hosts or processes is refused by the engine itself, on write sessions too.
 *
 * @returns path of the server configuration
 */
export function writeEngineConfig(options: EngineOptions): string {
  const folder = join(options.folder, 'config');
  mkdirSync(folder, { recursive: true });
  const users = join(folder, 'users.xml');
  writeFileSync(users, usersXml(options));
  const server = join(folder, 'server.xml');
  writeFileSync(server, serverXml(options, users));
  return server;
}

const serverXml = (options: EngineOptions, users: string): string => `<clickhouse>
  <users_config>${xml(users)}</users_config>
  <user_directories><users_xml><path>${xml(users)}</path></users_xml></user_directories>
  <user_files_path>${xml(join(options.folder, 'nothing'))}/</user_files_path>
  <max_server_memory_usage>${options.memoryBytes}</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <max_thread_pool_free_size>${options.threads * 2}</max_thread_pool_free_size>
</clickhouse>
`;

/** `SHOW DATABASES ON default` lets a session that has stood in `turnout` go back: migrations run beside other clients after a repair. */
const usersXml = (options: EngineOptions): string => `<clickhouse>
  <profiles><default>
    <max_threads>${options.threads}</max_threads>
    <max_memory_usage>${Math.floor(options.memoryBytes * 0.6)}</max_memory_usage>
    <compile_expressions>0</compile_expressions>
    <compile_aggregate_expressions>0</compile_aggregate_expressions>
    <compile_sort_description>0</compile_sort_description>
    <max_query_size>268435456</max_query_size>
    <max_ast_elements>20000000</max_ast_elements>
    <max_expanded_ast_elements>20000000</max_expanded_ast_elements>
    <max_ast_depth>2000</max_ast_depth>
    <max_partitions_per_insert_block>0</max_partitions_per_insert_block>
    <do_not_merge_across_partitions_select_final>1</do_not_merge_across_partitions_select_final>
    <output_format_json_quote_64bit_integers>0</output_format_json_quote_64bit_integers>
    <output_format_json_quote_decimals>0</output_format_json_quote_decimals>
    <output_format_json_quote_denormals>0</output_format_json_quote_denormals>
    <cast_keep_nullable>1</cast_keep_nullable>
    <session_timezone>UTC</session_timezone>
    <mutations_sync>2</mutations_sync>
    <alter_sync>2</alter_sync>
  </default></profiles>
  <quotas><default/></quotas>
  <users><default>
    <password></password>
    <networks><ip>::1</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants>
      <query>GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, DROP TABLE, TRUNCATE, OPTIMIZE, CHECK ON ${DATABASE}.*</query>
      <query>GRANT SHOW DATABASES ON default.*</query>
      <query>GRANT SELECT ON system.one</query>
      <query>GRANT SELECT ON system.detached_parts</query>
      <query>GRANT SYSTEM JEMALLOC ON *.*</query>
      <query>GRANT KILL QUERY ON *.*</query>
    </grants>
  </default></users>
</clickhouse>
`;

const xml = (text: string): string => text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
