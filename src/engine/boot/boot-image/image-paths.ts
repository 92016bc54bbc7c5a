/** Where things are in the boot image. */
export const AGENT_FOLDER = 'swarmboot';
export const PUBLIC_KEY_PATH = `${AGENT_FOLDER}/signing.pub.pem`;
export const UDHCPC_SCRIPT_PATH = `${AGENT_FOLDER}/udhcpc-script`;
