/** The release this code is of, or was last, as package.json has it: the version of what is published of its messages. */
export const RELEASE = '0.1.0';
