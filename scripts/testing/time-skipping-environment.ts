import { TestWorkflowEnvironment } from '@temporalio/testing';
import { registerSearchAttributes } from '../stack/search-attributes';

/**
 * A Temporal server whose clock skips to the next timer, with the product's search attributes. The SDK gives the server
 * five seconds to start, which a busy machine's Java may not keep, so it is tried again.
 *
 * @param executable path of the server's program
 */
export async function timeSkippingEnvironment(
  executable: string,
  attempts = 5,
): Promise<TestWorkflowEnvironment> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await started(executable);
    } catch (error) {
      if (attempt === attempts || !String(error).includes('did not start')) throw error;
    }
  }
}

async function started(path: string): Promise<TestWorkflowEnvironment> {
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  try {
    await registerSearchAttributes(env.connection, 'default');
    return env;
  } catch (error) {
    await env.teardown();
    throw error;
  }
}
