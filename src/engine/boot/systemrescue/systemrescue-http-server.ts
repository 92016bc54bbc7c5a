import type { HttpRoute } from '../../http/http-server.ts';
import { type SystemRescueContext, systemRescueFile } from './systemrescue-file.ts';

/** What machines ask for that have booted SystemRescue. */
export function systemRescueRoute(context: SystemRescueContext): HttpRoute {
  return async (request, response) => {
    const isAsked = request.method === 'GET' || request.method === 'HEAD';
    const file = isAsked ? systemRescueFile(request.url!.split('?')[0]!, context) : undefined;
    if (!file) return false;
    const body = Buffer.from(file.body);
    response.writeHead(200, { 'content-type': file.type, 'content-length': body.length }).end(body);
    return true;
  };
}
