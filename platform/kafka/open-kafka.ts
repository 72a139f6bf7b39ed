import { LibraryAdmin } from './admin';
import type { KafkaOptions } from './client';
import { GroupConsumer } from './group-consumer';
import type { Kafka } from './port';
import { IdempotentProducer } from './producer';
import { watch } from './watch';

/** Kafka behind its port. Opens no connection by itself. */
export function openKafka(options: KafkaOptions): Kafka {
  return {
    admin: new LibraryAdmin(options),
    producer: () => new IdempotentProducer(options),
    async read(wanted) {
      const reading = new GroupConsumer(options, wanted);
      await reading.start();
      return reading;
    },
    watch: (wanted) => watch(options, wanted),
  };
}
