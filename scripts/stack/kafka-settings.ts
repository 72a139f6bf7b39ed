/** What one broker of ours needs to know. */
export interface BrokerPlace {
  readonly port: number;
  readonly controllerPort: number;
  readonly logFolder: string;
}

/** server.properties of a single KRaft node that is broker and controller at once. */
export function brokerSettings({ port, controllerPort, logFolder }: BrokerPlace): string {
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': logFolder,
    // A topic exists because the product made it, with its partitions; a typing error does not make one.
    'auto.create.topics.enable': false,
    // A single consumer joins at once instead of waiting 3 s for company.
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.replication.factor': 1,
    // 50 by default, each with open files: far more than one node's groups need.
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 8,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** log4j2 on standard output: what the broker says goes to the log file of the service. */
export const BROKER_LOGGING = `
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %m (%c{1})%n
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
logger.config.name = org.apache.kafka.common.config
logger.config.level = WARN
`;
