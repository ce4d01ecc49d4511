import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from 'chdb';
import { LOCAL_DATABASE } from '../../src/warehouse/tables.ts';
import { BRIDGE_CLUSTER, type BridgeOptions } from './clickhouse-bridge.ts';

/**
 * The embedded engine with the configuration of a server. With two shards it is a cluster within one process: both shards of `two`
 * are this process, and a filter on each local table shows a shard only the rows whose hash is its own. What a statement reads through
 * a `Distributed` table is then planned, sent to two shards, answered by each from its own rows and put together, as on a real
 * cluster; only replicas, the keeper and the network in between are not there.
 */
export class BridgeEngine {
  readonly #data: string;
  readonly #config: string;
  readonly #shards: 1 | 2;
  /** Sharding expression by local table. */
  readonly #spread = new Map<string, string>();
  #opened = false;
  /** Rises when another table is spread. */
  version = 0;

  constructor({ folder, shards, grants }: BridgeOptions) {
    this.#shards = shards;
    this.#data = join(folder, 'data');
    this.#config = join(folder, 'config');
    mkdirSync(this.#config, { recursive: true });
    mkdirSync(this.#data, { recursive: true });
    const spread = this.#file('spread.json');
    if (existsSync(spread))
      for (const [table, expression] of JSON.parse(readFileSync(spread, 'utf8'))) this.#spread.set(table, expression);
    writeFileSync(this.#file('server.xml'), this.#serverXml());
    writeFileSync(this.#file('users.xml'), usersXml(grants));
  }

  openSession(): Session {
    if (this.#opened) return new Session(this.#data);
    this.#opened = true;
    // The first session decides the configuration of the whole process.
    return new Session(this.#data, { connectionArgs: [`--config-file=${this.#file('server.xml')}`] });
  }

  /** What the engine can run of a statement that is meant for a cluster: there is no keeper here. */
  prepare(text: string): string {
    if (this.#shards === 1 || !/\bON CLUSTER '/.test(text.slice(0, 2000))) return text;
    const plain = text
      .replaceAll(/ ON CLUSTER '[^']+'/g, '')
      .replace(/\bReplicatedReplacingMergeTree\('[^']*', '\{replica\}'(?:, )?/, 'ReplacingMergeTree(');
    const [, table, expression] = /\bENGINE = Distributed\('\w+', '\w+', '(\w+)', (.+)\)\s*$/.exec(plain) ?? [];
    if (table === undefined || expression === undefined || this.#spread.get(table) === expression) return plain;
    this.#spread.set(table, expression);
    this.version += 1;
    writeFileSync(this.#file('spread.json'), JSON.stringify([...this.#spread]));
    return plain;
  }

  /** What every session is told before its first statement, and again when `version` has risen. */
  settings(): string[] {
    if (this.#shards === 1) return [];
    const filters = [...this.#spread].map(
      ([table, expression]) => `'${LOCAL_DATABASE}.${table}': '${expression} % 2 = shardNum() - 1'`,
    );
    return filters.length === 0 ? [] : [`SET additional_table_filters = {${filters.join(', ')}}`];
  }

  #file(name: string): string {
    return join(this.#config, name);
  }

  #serverXml(): string {
    const shards = ['localhost', '127.0.0.1'].map(
      (host) =>
        `<shard><internal_replication>true</internal_replication><replica><host>${host}</host></replica></shard>`,
    );
    return `<clickhouse>
  <users_config>${this.#file('users.xml')}</users_config>
  <user_directories><users_xml><path>${this.#file('users.xml')}</path></users_xml></user_directories>
  <max_server_memory_usage>4000000000</max_server_memory_usage>
  <tcp_port>9000</tcp_port>
  <mark_cache_size>67108864</mark_cache_size>
  <remote_servers><${BRIDGE_CLUSTER}>${shards.join('')}</${BRIDGE_CLUSTER}></remote_servers>
</clickhouse>
`;
  }
}

/** `SHOW DATABASES ON default` lets a session go back there, which costs no right over HTTP. */
function usersXml(grants: readonly string[] | undefined): string {
  const queries = [...(grants ?? []), 'GRANT SHOW DATABASES ON default.*'].map((grant) => `<query>${grant}</query>`);
  return `<clickhouse>
  <profiles><default><max_threads>2</max_threads></default></profiles>
  <quotas><default/></quotas>
  <users><default>
    <password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
    ${grants === undefined ? '' : `<grants>${queries.join('')}</grants>`}
  </default></users>
</clickhouse>
`;
}
