import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body's JSON; tests know what they asked for. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of any answer
  readonly json: any;
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

/** Holds every answer of the API to its own OpenAPI document: the status must be there, and the body must fit. */
export class Contract {
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false });

  constructor(private readonly document: OpenApi) {
    this.ajv.addSchema({ $id: 'openapi', components: document.components });
  }

  check(method: string, path: string, reply: Reply): void {
    const found = this.operation(method, path);
    if (!found) return;
    const [template, operation] = found;
    const name = `${method} ${template} ${reply.status}`;
    const response = operation.responses[String(reply.status)];
    if (!response) throw new Error(`${name} is not in the document: ${reply.text}`);
    const type = (reply.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const content = response.content?.[type];
    if (!content) throw new Error(`${name} answers ${type}, which is not in the document`);
    if (reply.json === undefined) return;
    const validate = this.validator(`${name} ${type}`, content.schema);
    if (!validate(reply.json)) {
      throw new Error(
        `${name} does not fit the document: ${this.ajv.errorsText(validate.errors)}\n${reply.text}`,
      );
    }
  }

  private operation(method: string, path: string): [string, Operation] | undefined {
    const address = path.split('?')[0] ?? '';
    // Fixed segments go before variable ones, as in the router.
    const templates = Object.keys(this.document.paths).sort(
      (a, b) => a.split('{').length - b.split('{').length,
    );
    for (const template of templates) {
      const operation = this.document.paths[template]?.[method.toLowerCase()];
      if (operation && new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(address)) {
        return [template, operation];
      }
    }
    return undefined;
  }

  private validator(name: string, schema: object): ValidateFunction {
    let validate = this.validators.get(name);
    if (!validate) {
      const anchored = JSON.parse(
        JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/'),
      );
      validate = this.ajv.compile(anchored);
      this.validators.set(name, validate);
    }
    return validate;
  }
}
