import type { HttpRoute } from '../http/http-server.ts';
import { scriptTargetOfPath } from './boot-address.ts';
import type { BootCatalogue } from './boot-catalogue.ts';
import { type BootPlan, type BootRegistry, bootPlanOf } from './boot-plan.ts';
import { ipxeScript } from './ipxe-script.ts';

export interface ScriptRouteOptions {
  readonly registry: BootRegistry;
  readonly catalogue: BootCatalogue;
  readonly httpUrl: string;
  /** Hears which machine was told what. */
  readonly told: (mac: string, plan: BootPlan) => void;
}

/** The iPXE script of each machine. */
export function scriptRoute({ registry, catalogue, httpUrl, told }: ScriptRouteOptions): HttpRoute {
  return async (request, response) => {
    const target = request.method === 'GET' ? scriptTargetOfPath(request.url!) : undefined;
    if (!target) return false;
    const plan = bootPlanOf(registry.machine(target.mac), target.platform, catalogue);
    const script = Buffer.from(ipxeScript({ target, plan, httpUrl }));
    response
      .writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': script.length })
      .end(script);
    told(target.mac, plan);
    return true;
  };
}
