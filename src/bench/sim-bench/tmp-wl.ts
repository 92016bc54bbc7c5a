import { simulate } from '../../sim/index.ts';
import { aWorkload } from './sim-workloads.ts';
const [n,m,rows]=process.argv.slice(2).map(Number);
const w=aWorkload('x',{peers:n!,pieces:m!,swarm:{picker:'sampled'}});
const b=process.cpuUsage();const t=performance.now();
const {machines,traceDigest}=simulate(w.model,1);
const u=process.cpuUsage(b);const c=(u.user+u.system)/1e6;
console.log(n,m,c.toFixed(2),'s',(c*1e6/(n!*m!)).toFixed(2),'us/ev',Math.round(process.resourceUsage().maxRSS/1024),'MB',machines.filter(x=>x.doneS===null).length,Math.max(...machines.map(x=>x.doneS!)),traceDigest);
