/*
 * Named places at which a test can make a process stop or die at exactly the wrong moment. A failpoint reports
 * before it strikes, so that a test waits for the report and never sleeps. Armed by code (`arm`) in the test's own
 * process, or by `FAILPOINTS=name=stop,other=kill` in a child; configuration refuses that in production.
 */

type Strike = () => Promise<void>;

const armed = new Map<string, Strike>();

/** Does nothing unless armed. */
export function failpoint(name: string): Promise<void> {
  return armed.get(name)?.() ?? Promise.resolve();
}

/** Has `strike` run whenever the failpoint is reached, until it is disarmed. */
export function arm(name: string, strike: Strike): void {
  armed.set(name, strike);
}

export function disarm(name: string): void {
  armed.delete(name);
}

/**
 * Arms the failpoints of the environment, each `name=stop` (report, then hang for ever) or `name=kill` (report, then
 * SIGKILL this process).
 * @throws {Error} on an action that is neither.
 */
export function armFromEnvironment(settings: readonly string[]): void {
  for (const setting of settings) {
    const [name = '', action] = setting.split('=');
    if (action !== 'stop' && action !== 'kill') {
      throw new Error(`FAILPOINTS: "${setting}" should be name=stop or name=kill`);
    }
    arm(name, async () => {
      await report(name);
      if (action === 'kill') process.kill(process.pid, 'SIGKILL');
      await new Promise<never>(() => {});
    });
  }
}

/** Tells the parent over IPC where there is a channel, and standard error otherwise. */
function report(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    if (process.send) process.send({ failpoint: name }, undefined, undefined, done);
    else process.stderr.write(`failpoint ${name}\n`, done);
  });
}
