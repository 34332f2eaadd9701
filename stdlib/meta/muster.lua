---@meta
-- Describes the primitives and cards to an editor. Generated from the catalogue; never run.

--- A machine as it is now.
---@class muster.vm
---@field name string Its name, the same at both sites.
---@field site string Where it is.
---@field host string The host that holds it.
---@field power "off"|"running" Whether it runs.
---@field role "production"|"replica"|"test" What it is for.
---@field epoch integer Its fencing epoch.
---@field processors integer Virtual processors.
---@field memory integer Bytes of memory.
---@field disks { name: string, kind: "image"|"pass-through"|"shared", size: integer }[] Its disks.
---@field nics { name: string, mac: string, switch?: string, address?: string, address6?: string, failover_address?: { address?: string, address6?: string } }[] Its network cards.
---@field tags string[] Its tags.
---@field protected boolean Whether it is replicated.
---@field subscription? string Whose it is, when it is a tenant's.
---@field state? string The state of its protection, when it has one.
---@field recovery? { target: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, rpo?: string, first_copy?: { at: string, zone?: string } } The terms that its template asks for.
---@field chain? { target: string, host?: string, interval: string, points: integer, rpo?: string, state: string } Where its replica is replicated on to; told in a plan.

--- A host as it is now.
---@class muster.standing_host
---@field name string Its name.
---@field site string Where it is.
---@field switches table<string, string> Switch to network.
---@field clusters string[] The clusters it belongs to.
---@field group? string Its host group, when it has one.
---@field memory? integer Bytes, when somebody has said how much.
---@field maintenance? string Why it is in maintenance, while it is.

--- What a step is told about its run.
---@class muster.context
---@field plan string The plan's name.
---@field run integer The run's number.
---@field step string The step's name.
---@field group? string The group, when the step is of one.
---@field outcome? "done"|"failed" Where a step is undone, how it ended.
---@field kind "test"|"planned"|"unplanned"|"failback" The failover kind.
---@field direction "forward"|"back" There or back.
---@field source string The site that is left, in this direction.
---@field target string The site that takes over.
---@field side "primary"|"recovery" Which of the two the step works on.
---@field site string The site of that side.
---@field vms muster.vm[] The plan's vms as they were at the start.
---@field vm fun(name: string): muster.vm One of them by its name; any other name is an error.
---@field started_by string Who started the run.
---@field reason? string Why, when a reason was given.

--- What a primitive raises.
---@class muster.failure
---@field code string Its stable name: "fabric.disk_missing".
---@field message string What, on which thing, and what can be done.
---@field where? string FILE:LINE of the author's text.
---@field primitive? string The primitive that raised it.
---@field context? table<string, string> The facts behind the message.

--- What an asset hides: a name, which primitives can open.
---@class muster.secret

--- A step: a script, a manual task, or both.
---@class muster.step
---@field [1] string What is true when the step has succeeded.
---@field run? fun(context: muster.context) The script: function(context) … end.
---@field undo? fun(context: muster.context) What undoes the step, on request after an abort; also when it failed half way.
---@field task? muster.manual A manual task asked after the script succeeded.
---@field side? "primary"|"recovery" The site the step works on, context.site; "recovery" unless said otherwise.
---@field on_error? "abort"|"continue"|"ask"|{ test?: "abort"|"continue"|"ask", planned?: "abort"|"continue"|"ask", unplanned?: "abort"|"continue"|"ask", failback?: "abort"|"continue"|"ask" } What a failure means; "abort" unless said otherwise.
---@field retries? integer|{ test?: integer, planned?: integer, unplanned?: integer, failback?: integer } How often a failed script is retried.
---@field retry_after? string|{ test?: string, planned?: string, unplanned?: string, failback?: string } The pause before a retry; "10s".
---@field time_limit? string|{ test?: string, planned?: string, unplanned?: string, failback?: string } How long one attempt may take; "10m".
---@field kinds? ("test"|"planned"|"unplanned"|"failback")[] The failover kinds it runs for; all when left out.
---@field directions? ("forward"|"back")[] The directions it runs in; both when left out.

--- A manual task: a question to a person.
---@class muster.manual
---@field [1] string The question, as the person reads it.
---@field instructions? string What to look at before answering.
---@field by? string Who may answer: "role:NAME" or "user:NAME"; anybody.
---@field not_starter? boolean Whether whoever started the run may not answer.
---@field quorum? integer How many different persons must say the same; 1.
---@field form? "choice"|"text"|"number"|"confirm"|"name" What an answer is; a choice.
---@field choices? string[] What can be chosen; "yes" alone.
---@field exactly? string The name to type, for form = "name".
---@field deadline? string How long the run waits for the answer.
---@field on_deadline? "abort"|"continue" What silence means; "abort" unless said otherwise.
---@field escalate? { to: string, after: string } Who may answer too when nobody has for a while.
---@field kinds? ("test"|"planned"|"unplanned"|"failback")[] The failover kinds it runs for; all when left out.
---@field directions? ("forward"|"back")[] The directions it runs in; both when left out.

--- A vm of a group that has steps of its own.
---@class muster.machine
---@field [1] string|muster.vm The vm.
---@field overrides? { processors?: integer, memory?: string, switch?: string, address?: string, nic?: string } What it has otherwise at the target; taken back by the failback.
---@field before? (muster.step|muster.manual)[] Steps before this vm is failed over.
---@field after? (muster.step|muster.manual)[] Steps after it has started.

--- A group of a plan: vms that are failed over together.
---@class muster.group
---@field [1] string The group's name.
---@field vms? (muster.machine|string|muster.vm)[] The vms; they are failed over at the same time.
---@field plans? string[] Plans that are run at the same time, beside the vms.
---@field before? (muster.step|muster.manual)[] Steps before the group's first vm.
---@field after? (muster.step|muster.manual)[] Steps after the group's last vm.

--- Somebody to call when a plan is run.
---@class muster.contact
---@field [1] string Whom to call.
---@field role? string What the person decides or knows: "service owner".
---@field phone? string The number.
---@field mail? string The address.

--- A runbook: a card and a function.
---@class muster.runbook
---@field summary string What the runbook does, in one line.
---@field parameters? table<string, muster.parameter> What it is told when it is started.
---@field assets? string[] Assets it needs; looked for before a run begins.
---@field limits? { memory?: string, instructions?: integer, time?: string, at_once?: integer } What it may use of the house.
---@field priority? "low"|"normal"|"high" How it stands in the queue; "normal".
---@field run fun(arguments: table<string, any>): any The work: function(arguments) … end.

--- A recovery plan: who, from where to where, in which order.
---@class muster.plan
---@field summary string What the plan does, in one line.
---@field source string The site that is failed over from.
---@field target string The site that is failed over to.
---@field objective? { rpo?: string, rto?: string } What was promised: rpo and rto.
---@field contacts? muster.contact[] Whom to call; the plan's document.
---@field preflight? (muster.step|muster.manual)[] Checks before anything is touched; nothing may be changed, and all of them run.
---@field before? (muster.step|muster.manual)[] Steps before the first vm is shut down; they may mend.
---@field shutdown? muster.shutdown The order of shutting down; the groups reversed.
---@field groups muster.group[] The order of starting.
---@field after? (muster.step|muster.manual)[] Steps after the last group.
---@field dependencies? table<string, (string|muster.vm)[]> For a vm, the vms that must run before it.
---@field profile? { on_error?: "abort"|"continue"|"ask"|{ test?: "abort"|"continue"|"ask", planned?: "abort"|"continue"|"ask", unplanned?: "abort"|"continue"|"ask", failback?: "abort"|"continue"|"ask" }, retries?: integer|{ test?: integer, planned?: integer, unplanned?: integer, failback?: integer }, retry_after?: string|{ test?: string, planned?: string, unplanned?: string, failback?: string }, time_limit?: string|{ test?: string, planned?: string, unplanned?: string, failback?: string } } What holds for steps and vms that do not say it themselves: plan.profiles.asr.
---@field assets? string[] Assets its steps need; looked for before a run begins.
---@field reverse? boolean Replicate back after a planned failover; true.
---@field start? boolean Start the vms after failing over; true.

--- The order of shutting down.
---@class muster.shutdown
---@field [integer] string The groups, first to be shut down first.
---@field order? string[] The groups, first to be shut down first; the groups reversed when left out.
---@field before? (muster.step|muster.manual)[] Steps before the first vm is shut down.
---@field after? (muster.step|muster.manual)[] Steps after the last vm is shut down.

--- A parameter of a runbook.
---@class muster.parameter
---@field [1] "string"|"boolean"|"number"|"integer"|"duration"|"size"|"time"|"vm"|"site" Its type.
---@field [2] string What it is.
---@field default? any Its value when it is not given.

--- A network of a site, with the addresses it gives.
---@class muster.network
---@field [1] string The network's name.
---@field isolated? boolean It reaches nothing outside: for test failovers; false.
---@field pool? string[] Addresses for machines that come by failover: "10.2.0.10-10.2.0.99", v4 and v6.

--- A switch that hosts of a site offer.
---@class muster.switch
---@field [1] string The switch's name.
---@field network? string The network it belongs to; the one of its own name.
---@field hosts? string[] The hosts that offer it; all when left out.

--- A host of a site and what it has.
---@class muster.host
---@field [1] string The host's name.
---@field group? string The host group it belongs to.
---@field processors? integer The processors it has.
---@field memory? string What its machines may have together; no bound.
---@field storage? table<string, string> For each storage class, what it holds of it.
---@field trust_group? string Machines replicate on when they move within it.

--- Host groups under one name.
---@class muster.cloud
---@field [1] string The cloud's name.
---@field host_groups string[] The host groups it lies over.
---@field pair? { to: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, compression?: boolean, rpo?: string, first_copy?: { at: string, zone?: string } } Where its machines are replicated to, and how.

--- Hosts that are reached by one name.
---@class muster.cluster
---@field [1] string The cluster's name.
---@field hosts string[] Its hosts.
---@field access_name string The one name it is reached by.

--- The network of another site that stands for one.
---@class muster.mapping
---@field [1] string The network of this site.
---@field to string What stands for it there: "bergen:tenant".
---@field addresses? "pool"|"keep" What a card has there: "pool", or "keep", as is usual where the name is the same.

--- A site as its file declares it.
---@class muster.site
---@field [1] string The site's name, that of its file.
---@field networks? muster.network[] Its networks.
---@field switches? muster.switch[] The switches of its hosts.
---@field host_groups? string[] The host groups there are.
---@field hosts? muster.host[] Its hosts.
---@field clouds? muster.cloud[] Its clouds.
---@field clusters? muster.cluster[] Its clusters.
---@field storage_classes? string[] The kinds of storage there are.
---@field mappings? muster.mapping[] Which networks of other sites stand for its own after a failover.

---@class muster.namespace.fabric
fabric = {}

--- Gets a vm by its name; of a protected one, the primary.
---@param name string|muster.vm Its name, or "site/name".
---@return muster.vm # the vm
function fabric.vm(name) end

--- Gets a vm by its name; of a protected one, the primary. Returns nil and the failure instead of raising.
---@param name string|muster.vm Its name, or "site/name".
---@return muster.vm? # the vm
---@return muster.failure? # why not
function fabric.try_vm(name) end

--- Gets the production vms that match every given condition, by name.
---@param filter? { tag?: string, site?: string, host?: string, subscription?: string, power?: "off"|"running", protected?: boolean, recovery?: boolean } The conditions.
---@return muster.vm[] # the vms
function fabric.select(filter) end

--- Gets the production vms that match every given condition, by name. Returns nil and the failure instead of raising.
---@param filter? { tag?: string, site?: string, host?: string, subscription?: string, power?: "off"|"running", protected?: boolean, recovery?: boolean } The conditions.
---@return muster.vm[]? # the vms
---@return muster.failure? # why not
function fabric.try_select(filter) end

--- Tells whether the fabric of a site answers.
---@param site string The site.
---@return boolean # whether it answers
function fabric.answers(site) end

--- Tells whether the fabric of a site answers. Returns nil and the failure instead of raising.
---@param site string The site.
---@return boolean? # whether it answers
---@return muster.failure? # why not
function fabric.try_answers(site) end

--- Tells whether a vm runs with a connected card and an address that is not link-local.
---@param vm string|muster.vm The vm.
---@return boolean # whether it can be reached
function fabric.reachable(vm) end

--- Tells whether a vm runs with a connected card and an address that is not link-local. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@return boolean? # whether it can be reached
---@return muster.failure? # why not
function fabric.try_reachable(vm) end

--- Gets the host that holds a vm.
---@param vm string|muster.vm The vm.
---@return muster.standing_host # the host
function fabric.host(vm) end

--- Gets the host that holds a vm. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@return muster.standing_host? # the host
---@return muster.failure? # why not
function fabric.try_host(vm) end

--- Gets the hosts that match every given condition, those of a cluster.
---@param filter? { site?: string, cluster?: string } The conditions.
---@return muster.standing_host[] # the hosts
function fabric.hosts(filter) end

--- Gets the hosts that match every given condition, those of a cluster. Returns nil and the failure instead of raising.
---@param filter? { site?: string, cluster?: string } The conditions.
---@return muster.standing_host[]? # the hosts
---@return muster.failure? # why not
function fabric.try_hosts(filter) end

--- Moves a vm to another host of its site; it runs on, and is replicated on.
---@param vm string|muster.vm The vm.
---@param host string The host at its site.
function fabric.move(vm, host) end

--- Moves a vm to another host of its site; it runs on, and is replicated on. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@param host string The host at its site.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_move(vm, host) end

--- Empties a host to the others of its cluster and keeps it from taking vms.
---@param host string|muster.standing_host The host.
---@param options? { reason?: string } Why.
function fabric.enter_maintenance(host, options) end

--- Empties a host to the others of its cluster and keeps it from taking vms. Returns nil and the failure instead of raising.
---@param host string|muster.standing_host The host.
---@param options? { reason?: string } Why.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_enter_maintenance(host, options) end

--- Puts a host back into service; what moved away stays there.
---@param host string|muster.standing_host The host.
function fabric.leave_maintenance(host) end

--- Puts a host back into service; what moved away stays there. Returns nil and the failure instead of raising.
---@param host string|muster.standing_host The host.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_leave_maintenance(host) end

--- Gets the templates of the sites that answer, by name.
---@param filter? { site?: string } The conditions.
---@return { name: string, site: string, processors: integer, memory: integer, disks: { name: string, size: integer }[], switches: string[], tags: string[], recovery?: { rpo: string, target?: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, first_copy?: { at: string, zone?: string } } }[] # the templates
function fabric.templates(filter) end

--- Gets the templates of the sites that answer, by name. Returns nil and the failure instead of raising.
---@param filter? { site?: string } The conditions.
---@return { name: string, site: string, processors: integer, memory: integer, disks: { name: string, size: integer }[], switches: string[], tags: string[], recovery?: { rpo: string, target?: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, first_copy?: { at: string, zone?: string } } }[]? # the templates
---@return muster.failure? # why not
function fabric.try_templates(filter) end

--- Makes a turned-off vm from a template; one whose template asks for it bears the wish.
---@param options { template: string, name: string, site?: string, host?: string, subscription?: string } What, and where.
---@return muster.vm # the vm
function fabric.deploy(options) end

--- Makes a turned-off vm from a template; one whose template asks for it bears the wish. Returns nil and the failure instead of raising.
---@param options { template: string, name: string, site?: string, host?: string, subscription?: string } What, and where.
---@return muster.vm? # the vm
---@return muster.failure? # why not
function fabric.try_deploy(options) end

--- Gets the clouds that are paired, with their hosts and terms.
---@return { target: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, rpo?: string, first_copy?: { at: string, zone?: string }, site: string, cloud: string, hosts: string[], target_cloud: string, target_hosts: string[], compression: boolean }[] # the pairings
function fabric.pairings() end

--- Gets the clouds that are paired, with their hosts and terms. Returns nil and the failure instead of raising.
---@return { target: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, rpo?: string, first_copy?: { at: string, zone?: string }, site: string, cloud: string, hosts: string[], target_cloud: string, target_hosts: string[], compression: boolean }[]? # the pairings
---@return muster.failure? # why not
function fabric.try_pairings() end

--- Powers a vm on; the fabric refuses one that another site has taken over.
---@param vm string|muster.vm The vm.
function fabric.start(vm) end

--- Powers a vm on; the fabric refuses one that another site has taken over. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_start(vm) end

--- Shuts a vm's guest down and returns when the vm is off.
---@param vm string|muster.vm The vm.
function fabric.stop(vm) end

--- Shuts a vm's guest down and returns when the vm is off. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_stop(vm) end

--- Connects a card of a vm to a switch of its host.
---@param vm string|muster.vm The vm.
---@param switch string The switch.
---@param options? { nic?: string } Which card.
function fabric.connect(vm, switch, options) end

--- Connects a card of a vm to a switch of its host. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@param switch string The switch.
---@param options? { nic?: string } Which card.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_connect(vm, switch, options) end

--- Sets the address a card takes at failover, beside that of the other family.
---@param vm string|muster.vm The vm.
---@param address string IPv4 or IPv6.
---@param options? { nic?: string } Which card.
function fabric.set_failover_address(vm, address, options) end

--- Sets the address a card takes at failover, beside that of the other family. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@param address string IPv4 or IPv6.
---@param options? { nic?: string } Which card.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_set_failover_address(vm, address, options) end

--- Turns the failover address of a card off.
---@param vm string|muster.vm The vm.
---@param options? { nic?: string } Which card.
function fabric.clear_failover_address(vm, options) end

--- Turns the failover address of a card off. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@param options? { nic?: string } Which card.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_clear_failover_address(vm, options) end

--- Sets the address a vm's guest uses from now on.
---@param vm string|muster.vm The vm.
---@param address string IPv4 or IPv6.
---@param options? { nic?: string } Which card.
function fabric.set_guest_address(vm, address, options) end

--- Sets the address a vm's guest uses from now on. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@param address string IPv4 or IPv6.
---@param options? { nic?: string } Which card.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_set_guest_address(vm, address, options) end

--- Gives a vm other processors, memory, switch or address, for as long as it is there.
---@param vm string|muster.vm The vm.
---@param overrides? { processors?: integer, memory?: string, switch?: string, address?: string, nic?: string } What it has otherwise.
function fabric.override(vm, overrides) end

--- Gives a vm other processors, memory, switch or address, for as long as it is there. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@param overrides? { processors?: integer, memory?: string, switch?: string, address?: string, nic?: string } What it has otherwise.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_override(vm, overrides) end

--- Makes a vm what it was before it was overridden.
---@param vm string|muster.vm The vm.
function fabric.restore(vm) end

--- Makes a vm what it was before it was overridden. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The vm.
---@return true? # when it was done
---@return muster.failure? # why not
function fabric.try_restore(vm) end

---@class muster.namespace.replication
replication = {}

--- Gets the replica of a protected vm.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return muster.vm # the replica
function replication.replica(vm) end

--- Gets the replica of a protected vm. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return muster.vm? # the replica
---@return muster.failure? # why not
function replication.try_replica(vm) end

--- Gets the state of a vm's protection; "disabled" without one.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return "disabled"|"ready-for-initial-replication"|"initial-replication"|"replicating"|"prepared-for-failover"|"failed-over-waiting-completion"|"failed-over"|"suspended"|"error"|"waiting-for-resync"|"resyncing"|"resync-suspended"|"failing-over"|"failing-back" # the state
function replication.state(vm) end

--- Gets the state of a vm's protection; "disabled" without one. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return ("disabled"|"ready-for-initial-replication"|"initial-replication"|"replicating"|"prepared-for-failover"|"failed-over-waiting-completion"|"failed-over"|"suspended"|"error"|"waiting-for-resync"|"resyncing"|"resync-suspended"|"failing-over"|"failing-back")? # the state
---@return muster.failure? # why not
function replication.try_state(vm) end

--- Gets what was agreed when a vm was protected.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { primary: string, replica: string, relationship: "simple"|"extended", interval: "30s"|"5m"|"15m"|"continuous", points: integer, compression: boolean, group?: string, rpo?: string } # the terms
function replication.terms(vm) end

--- Gets what was agreed when a vm was protected. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { primary: string, replica: string, relationship: "simple"|"extended", interval: "30s"|"5m"|"15m"|"continuous", points: integer, compression: boolean, group?: string, rpo?: string }? # the terms
---@return muster.failure? # why not
function replication.try_terms(vm) end

--- Gets the recovery points that can be chosen, oldest first.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }[] # the points
function replication.points(vm) end

--- Gets the recovery points that can be chosen, oldest first. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }[]? # the points
---@return muster.failure? # why not
function replication.try_points(vm) end

--- Gets what an unplanned failover would lose now, in seconds.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { point?: integer } Which point is chosen.
---@return number # seconds since the point's cut
function replication.loss(vm, options) end

--- Gets what an unplanned failover would lose now, in seconds. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { point?: integer } Which point is chosen.
---@return number? # seconds since the point's cut
---@return muster.failure? # why not
function replication.try_loss(vm, options) end

--- Measures a protection: health, cycles, sizes and latencies.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { relationship: "simple"|"extended", health: "normal"|"warning"|"critical", state: "disabled"|"ready-for-initial-replication"|"initial-replication"|"replicating"|"prepared-for-failover"|"failed-over-waiting-completion"|"failed-over"|"suspended"|"error"|"waiting-for-resync"|"resyncing"|"resync-suspended"|"failing-over"|"failing-back", succeeded: integer, missed: integer, errors: integer, average_size: integer, maximum_size: integer, average_latency: number, maximum_latency: number, warnings: string[], pending?: integer, last_success_at?: string, last_error?: string } # the measures
function replication.measure(vm) end

--- Measures a protection: health, cycles, sizes and latencies. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { relationship: "simple"|"extended", health: "normal"|"warning"|"critical", state: "disabled"|"ready-for-initial-replication"|"initial-replication"|"replicating"|"prepared-for-failover"|"failed-over-waiting-completion"|"failed-over"|"suspended"|"error"|"waiting-for-resync"|"resyncing"|"resync-suspended"|"failing-over"|"failing-back", succeeded: integer, missed: integer, errors: integer, average_size: integer, maximum_size: integer, average_latency: number, maximum_latency: number, warnings: string[], pending?: integer, last_success_at?: string, last_error?: string }? # the measures
---@return muster.failure? # why not
function replication.try_measure(vm) end

--- Lists what has changed at a vm since its replica was made.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { kind: "processors"|"memory"|"card-added"|"card-removed"|"card-changed"|"disk-added"|"disk-removed"|"disk-resized", subject: string, primary: string, replica: string }[] # the changes
function replication.drift(vm) end

--- Lists what has changed at a vm since its replica was made. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { kind: "processors"|"memory"|"card-added"|"card-removed"|"card-changed"|"disk-added"|"disk-removed"|"disk-resized", subject: string, primary: string, replica: string }[]? # the changes
---@return muster.failure? # why not
function replication.try_drift(vm) end

--- Lists the replicas that belong to no protection any more.
---@return muster.vm[] # the replicas
function replication.orphans() end

--- Lists the replicas that belong to no protection any more. Returns nil and the failure instead of raising.
---@return muster.vm[]? # the replicas
---@return muster.failure? # why not
function replication.try_orphans() end

--- Proves that the replica's disks hold what replication brought, by reading all of them.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { point?: integer } Which point is proven.
---@return { point: integer, roots: table<string, string> } # the proof
function replication.prove(vm, options) end

--- Proves that the replica's disks hold what replication brought, by reading all of them. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { point?: integer } Which point is proven.
---@return { point: integer, roots: table<string, string> }? # the proof
---@return muster.failure? # why not
function replication.try_prove(vm, options) end

--- Makes a turned-off replica at the target; copies nothing yet.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options { target: string, host?: string, interval?: "30s"|"5m"|"15m"|"continuous", compression?: boolean, points?: integer, rpo?: string, bandwidth?: string, monitoring?: string, first_copy?: { at: string, zone?: string }, existing?: boolean, disks?: string[], consistent_every?: string, key?: string } How.
function replication.protect(vm, options) end

--- Makes a turned-off replica at the target; copies nothing yet. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options { target: string, host?: string, interval?: "30s"|"5m"|"15m"|"continuous", compression?: boolean, points?: integer, rpo?: string, bandwidth?: string, monitoring?: string, first_copy?: { at: string, zone?: string }, existing?: boolean, disks?: string[], consistent_every?: string, key?: string } How.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_protect(vm, options) end

--- Replicates a vm's replica on to a third site; copies nothing yet.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options { target: string, host?: string, interval?: "30s"|"5m"|"15m"|"continuous", compression?: boolean, points?: integer, rpo?: string, bandwidth?: string, monitoring?: string, first_copy?: { at: string, zone?: string }, existing?: boolean } How.
function replication.extend(vm, options) end

--- Replicates a vm's replica on to a third site; copies nothing yet. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options { target: string, host?: string, interval?: "30s"|"5m"|"15m"|"continuous", compression?: boolean, points?: integer, rpo?: string, bandwidth?: string, monitoring?: string, first_copy?: { at: string, zone?: string }, existing?: boolean } How.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_extend(vm, options) end

--- Takes over at the replica what has drifted at the vm.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { excluding?: string[] } How.
function replication.reprotect(vm, options) end

--- Takes over at the replica what has drifted at the vm. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { excluding?: string[] } How.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_reprotect(vm, options) end

--- Ends the protection; the replica stays, turned off.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { delete_replica?: boolean } How.
function replication.remove(vm, options) end

--- Ends the protection; the replica stays, turned off. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { delete_replica?: boolean } How.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_remove(vm, options) end

--- Changes how often changes are sent.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param interval "30s"|"5m"|"15m"|"continuous" How often.
function replication.set_interval(vm, interval) end

--- Changes how often changes are sent. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param interval "30s"|"5m"|"15m"|"continuous" How often.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_set_interval(vm, interval) end

--- Changes how often a point is application-consistent.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param every string Whole hours; "0s" is never.
function replication.set_consistency(vm, every) end

--- Changes how often a point is application-consistent. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param every string Whole hours; "0s" is never.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_set_consistency(vm, every) end

--- Puts a vm into a consistency group; takes it out without one.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param group? string The group's name.
function replication.set_group(vm, group) end

--- Puts a vm into a consistency group; takes it out without one. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param group? string The group's name.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_set_group(vm, group) end

--- Sends everything the vm's disks hold.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string } # the point
function replication.first_copy(vm) end

--- Sends everything the vm's disks hold. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }? # the point
---@return muster.failure? # why not
function replication.try_first_copy(vm) end

--- Sends what changed since the last point.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { kind?: "standard"|"app-consistent" } How.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string } # the point
function replication.sync(vm, options) end

--- Sends what changed since the last point. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { kind?: "standard"|"app-consistent" } How.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }? # the point
---@return muster.failure? # why not
function replication.try_sync(vm, options) end

--- Compares all blocks and sends those that differ.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string } # the point
function replication.resync(vm) end

--- Compares all blocks and sends those that differ. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }? # the point
---@return muster.failure? # why not
function replication.try_resync(vm) end

--- Writes the first copy to an external medium.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param folder string The folder on the external medium.
function replication.export(vm, folder) end

--- Writes the first copy to an external medium. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param folder string The folder on the external medium.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_export(vm, folder) end

--- Takes in a first copy that came on an external medium.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param folder string The folder on the external medium.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string } # the point
function replication.import_copy(vm, folder) end

--- Takes in a first copy that came on an external medium. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param folder string The folder on the external medium.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }? # the point
---@return muster.failure? # why not
function replication.try_import_copy(vm, folder) end

--- Stops sending until resumed.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
function replication.suspend(vm) end

--- Stops sending until resumed. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_suspend(vm) end

--- Sends again.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
function replication.resume(vm) end

--- Sends again. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_resume(vm) end

--- Stops the copy or cycle of a vm that is under way, between two blocks.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return boolean # whether one was under way
function replication.stop_transfer(vm) end

--- Stops the copy or cycle of a vm that is under way, between two blocks. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return boolean? # whether one was under way
---@return muster.failure? # why not
function replication.try_stop_transfer(vm) end

--- Gets the points that all vms of a consistency group have, oldest first.
---@param group string The group's name.
---@return { cut_at: string, kind: "standard"|"app-consistent", points: table<string, integer> }[] # the points
function replication.common_points(group) end

--- Gets the points that all vms of a consistency group have, oldest first. Returns nil and the failure instead of raising.
---@param group string The group's name.
---@return { cut_at: string, kind: "standard"|"app-consistent", points: table<string, integer> }[]? # the points
---@return muster.failure? # why not
function replication.try_common_points(group) end

--- Cuts all vms of a consistency group at one instant.
---@param group string The group's name.
---@param options? { kind?: "standard"|"app-consistent" } How.
---@return { cut_at: string, kind: "standard"|"app-consistent", points: table<string, integer> } # the common point
function replication.sync_group(group, options) end

--- Cuts all vms of a consistency group at one instant. Returns nil and the failure instead of raising.
---@param group string The group's name.
---@param options? { kind?: "standard"|"app-consistent" } How.
---@return { cut_at: string, kind: "standard"|"app-consistent", points: table<string, integer> }? # the common point
---@return muster.failure? # why not
function replication.try_sync_group(group, options) end

--- Sends the rest of a vm that is off; then neither side can be powered on.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { reverses?: boolean } How.
function replication.prepare(vm, options) end

--- Sends the rest of a vm that is off; then neither side can be powered on. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { reverses?: boolean } How.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_prepare(vm, options) end

--- Gives a prepared vm back to production; starts nothing.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
function replication.cancel_preparation(vm) end

--- Gives a prepared vm back to production; starts nothing. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_cancel_preparation(vm) end

--- Makes the replica the production vm, under a raised epoch; starts nothing.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options { kind: "planned"|"unplanned"|"failback", point?: integer, skip_proof?: string, reason?: string } How.
---@return { point?: { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }, roots?: table<string, string>, epoch: integer } # what it was brought to
function replication.failover(vm, options) end

--- Makes the replica the production vm, under a raised epoch; starts nothing. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options { kind: "planned"|"unplanned"|"failback", point?: integer, skip_proof?: string, reason?: string } How.
---@return { point?: { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }, roots?: table<string, string>, epoch: integer }? # what it was brought to
---@return muster.failure? # why not
function replication.try_failover(vm, options) end

--- Commits a failover; the other points are gone.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
function replication.complete(vm) end

--- Commits a failover; the other points are gone. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_complete(vm) end

--- Turns the direction of replication round after a failover.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
function replication.reverse(vm) end

--- Turns the direction of replication round after a failover. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_reverse(vm) end

--- Makes the vm's temporary double on an isolated network, turned off.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { point?: integer, skip_proof?: string, network?: string, duration?: string } How.
---@return { name: string, site: string, point?: { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }, roots?: table<string, string> } # the double
function replication.test_failover(vm, options) end

--- Makes the vm's temporary double on an isolated network, turned off. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@param options? { point?: integer, skip_proof?: string, network?: string, duration?: string } How.
---@return { name: string, site: string, point?: { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }, roots?: table<string, string> }? # the double
---@return muster.failure? # why not
function replication.try_test_failover(vm, options) end

--- Stops and deletes the double of a test failover.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
function replication.clean_up(vm) end

--- Stops and deletes the double of a test failover. Returns nil and the failure instead of raising.
---@param vm string|muster.vm The protected vm; "web:extended" for the replica's own replication.
---@return true? # when it was done
---@return muster.failure? # why not
function replication.try_clean_up(vm) end

---@class muster.namespace.job
job = {}

--- Writes a line to the run's verbose stream.
---@param text string The line, or a format as string.format's.
---@param ... any Values for the format.
function job.note(text, ...) end

--- Writes a line to the run's verbose stream. Returns nil and the failure instead of raising.
---@param text string The line, or a format as string.format's.
---@param ... any Values for the format.
---@return true? # when it was done
---@return muster.failure? # why not
function job.try_note(text, ...) end

--- Writes a line to the run's output stream.
---@param text string The line, or a format as string.format's.
---@param ... any Values for the format.
function job.output(text, ...) end

--- Writes a line to the run's output stream. Returns nil and the failure instead of raising.
---@param text string The line, or a format as string.format's.
---@param ... any Values for the format.
---@return true? # when it was done
---@return muster.failure? # why not
function job.try_output(text, ...) end

--- Writes a line to the run's progress stream.
---@param text string The line, or a format as string.format's.
---@param ... any Values for the format.
function job.progress(text, ...) end

--- Writes a line to the run's progress stream. Returns nil and the failure instead of raising.
---@param text string The line, or a format as string.format's.
---@param ... any Values for the format.
---@return true? # when it was done
---@return muster.failure? # why not
function job.try_progress(text, ...) end

--- Writes a line to the run's warning stream.
---@param text string The line, or a format as string.format's.
---@param ... any Values for the format.
function job.warn(text, ...) end

--- Writes a line to the run's warning stream. Returns nil and the failure instead of raising.
---@param text string The line, or a format as string.format's.
---@param ... any Values for the format.
---@return true? # when it was done
---@return muster.failure? # why not
function job.try_warn(text, ...) end

--- Writes a line to the run's error stream; the run goes on.
---@param text string The line, or a format as string.format's.
---@param ... any Values for the format.
function job.error(text, ...) end

--- Writes a line to the run's error stream; the run goes on. Returns nil and the failure instead of raising.
---@param text string The line, or a format as string.format's.
---@param ... any Values for the format.
---@return true? # when it was done
---@return muster.failure? # why not
function job.try_error(text, ...) end

--- Gets the time of the run's last journal entry, in seconds since 1970.
---@return number # seconds
function job.now() end

--- Gets the time of the run's last journal entry, in seconds since 1970. Returns nil and the failure instead of raising.
---@return number? # seconds
---@return muster.failure? # why not
function job.try_now() end

--- Gets the time that lies a duration ahead, in seconds since 1970.
---@param after string How far ahead.
---@return number # seconds
function job.deadline(after) end

--- Gets the time that lies a duration ahead, in seconds since 1970. Returns nil and the failure instead of raising.
---@param after string How far ahead.
---@return number? # seconds
---@return muster.failure? # why not
function job.try_deadline(after) end

--- Waits for a duration; the run leaves memory meanwhile.
---@param duration string How long.
function job.sleep(duration) end

--- Waits for a duration; the run leaves memory meanwhile. Returns nil and the failure instead of raising.
---@param duration string How long.
---@return true? # when it was done
---@return muster.failure? # why not
function job.try_sleep(duration) end

--- Waits until a condition is true, or until a time; the run leaves memory between looks.
---@param condition fun(): any|string A function that is called until it returns what is true; or the time.
---@param options? { every?: string, deadline?: string, what?: string, zone?: string } How often and how long.
---@return any # what the condition returned
function job.wait_until(condition, options) end

--- Waits until a condition is true, or until a time; the run leaves memory between looks. Returns nil and the failure instead of raising.
---@param condition fun(): any|string A function that is called until it returns what is true; or the time.
---@param options? { every?: string, deadline?: string, what?: string, zone?: string } How often and how long.
---@return (any)? # what the condition returned
---@return muster.failure? # why not
function job.try_wait_until(condition, options) end

--- Calls a function until it succeeds, with growing pauses; the run leaves memory in them.
---@param attempt fun(): any The function; what it returns is handed on.
---@param options? { attempts?: integer, pause?: string, factor?: number, longest?: string, jitter?: number, codes?: string[], deadline?: string } How often, and when again.
---@return any # what the function returned
function job.retry(attempt, options) end

--- Calls a function until it succeeds, with growing pauses; the run leaves memory in them. Returns nil and the failure instead of raising.
---@param attempt fun(): any The function; what it returns is handed on.
---@param options? { attempts?: integer, pause?: string, factor?: number, longest?: string, jitter?: number, codes?: string[], deadline?: string } How often, and when again.
---@return (any)? # what the function returned
---@return muster.failure? # why not
function job.try_retry(attempt, options) end

--- Asks a person, and waits for the answer; a refusal aborts the run.
---@param title string The question, as the person reads it.
---@param options? { instructions?: string, by?: string, not_starter?: boolean, quorum?: integer, form?: "choice"|"text"|"number"|"confirm"|"name", choices?: string[], exactly?: string, deadline?: string, on_deadline?: "abort"|"continue", escalate?: { to: string, after: string } } How it is asked.
---@return string|number|boolean # the answer
function job.ask(title, options) end

--- Asks a person, and waits for the answer; a refusal aborts the run. Returns nil and the failure instead of raising.
---@param title string The question, as the person reads it.
---@param options? { instructions?: string, by?: string, not_starter?: boolean, quorum?: integer, form?: "choice"|"text"|"number"|"confirm"|"name", choices?: string[], exactly?: string, deadline?: string, on_deadline?: "abort"|"continue", escalate?: { to: string, after: string } } How it is asked.
---@return (string|number|boolean)? # the answer
---@return muster.failure? # why not
function job.try_ask(title, options) end

--- Raises unless whoever started the run holds all of the rights.
---@param rights ("test"|"planned"|"unplanned"|"complete"|"reverse")[] The rights.
function job.require_rights(rights) end

--- Raises unless whoever started the run holds all of the rights. Returns nil and the failure instead of raising.
---@param rights ("test"|"planned"|"unplanned"|"complete"|"reverse")[] The rights.
---@return true? # when it was done
---@return muster.failure? # why not
function job.try_require_rights(rights) end

--- Starts another plan or runbook as a run of its own, and waits for its end.
---@param name string The plan or runbook.
---@param parameters? table<string, any> What it is told, as `--param` does.
---@param options? { wait?: boolean, reason?: string, direction?: "forward"|"back", kind?: "test"|"planned"|"unplanned"|"failback"|"complete"|"change-point"|"reverse", points?: table<string, integer> } How it is started.
---@return any # what it returned, or its number when it is not waited for
function job.run(name, parameters, options) end

--- Starts another plan or runbook as a run of its own, and waits for its end. Returns nil and the failure instead of raising.
---@param name string The plan or runbook.
---@param parameters? table<string, any> What it is told, as `--param` does.
---@param options? { wait?: boolean, reason?: string, direction?: "forward"|"back", kind?: "test"|"planned"|"unplanned"|"failback"|"complete"|"change-point"|"reverse", points?: table<string, integer> } How it is started.
---@return (any)? # what it returned, or its number when it is not waited for
---@return muster.failure? # why not
function job.try_run(name, parameters, options) end

--- Waits until runs that this one has started have ended.
---@param children integer|integer[] The number that job.run gave, or a list of them.
---@return any # what it returned; of a list, a list in its order
function job.wait(children) end

--- Waits until runs that this one has started have ended. Returns nil and the failure instead of raising.
---@param children integer|integer[] The number that job.run gave, or a list of them.
---@return (any)? # what it returned; of a list, a list in its order
---@return muster.failure? # why not
function job.try_wait(children) end

--- Runs branches side by side, and waits until the last has ended.
---@param branches any[] Functions, or the items that `each` is called with.
---@param each? fun(item: any, index: integer): any What is called with each item and its place.
---@param options? { limit?: integer, on_failure?: "stop"|"all" } How they run.
---@return any[] # what each returned, in their order
function job.parallel(branches, each, options) end

--- Runs branches side by side, and waits until the last has ended. Returns nil and the failure instead of raising.
---@param branches any[] Functions, or the items that `each` is called with.
---@param each? fun(item: any, index: integer): any What is called with each item and its place.
---@param options? { limit?: integer, on_failure?: "stop"|"all" } How they run.
---@return any[]? # what each returned, in their order
---@return muster.failure? # why not
function job.try_parallel(branches, each, options) end

--- Ends the run, which goes on as a new one with a fresh journal.
---@param parameters table<string, any> What the new run is told.
function job.continue_as(parameters) end

--- Ends the run, which goes on as a new one with a fresh journal. Returns nil and the failure instead of raising.
---@param parameters table<string, any> What the new run is told.
---@return true? # when it was done
---@return muster.failure? # why not
function job.try_continue_as(parameters) end

---@class muster.namespace.plan
---@field profiles table<string, table> Policies by name: asr.
---@overload fun(fields: muster.plan): muster.plan
plan = {}

--- Gets a plan's vms as they stand at the start of its run.
---@param vms (string|muster.vm)[] The vms, in the order of the groups.
---@return muster.vm[] # the vms
function plan.freeze(vms) end

--- Gets a plan's vms as they stand at the start of its run. Returns nil and the failure instead of raising.
---@param vms (string|muster.vm)[] The vms, in the order of the groups.
---@return muster.vm[]? # the vms
---@return muster.failure? # why not
function plan.try_freeze(vms) end

--- Finds every reason why a failover of the vms could not succeed.
---@param vms (string|muster.vm)[] The vms.
---@param options { kind?: "test"|"planned"|"unplanned"|"failback"|"complete"|"change-point"|"reverse", points?: table<string, integer>, direction?: "forward"|"back", origin: string, destination: string, reverse?: boolean, dependencies?: table<string, (string|muster.vm)[]>, overrides?: table<string, { processors?: integer, memory?: string, switch?: string, address?: string, nic?: string }>, reason?: string, rpo?: string, assets?: string[], plans?: string[][] } The failover.
---@return { loss: table<string, number>, warnings: string[] } # what would be lost, and what else was found
function plan.preflight(vms, options) end

--- Finds every reason why a failover of the vms could not succeed. Returns nil and the failure instead of raising.
---@param vms (string|muster.vm)[] The vms.
---@param options { kind?: "test"|"planned"|"unplanned"|"failback"|"complete"|"change-point"|"reverse", points?: table<string, integer>, direction?: "forward"|"back", origin: string, destination: string, reverse?: boolean, dependencies?: table<string, (string|muster.vm)[]>, overrides?: table<string, { processors?: integer, memory?: string, switch?: string, address?: string, nic?: string }>, reason?: string, rpo?: string, assets?: string[], plans?: string[][] } The failover.
---@return { loss: table<string, number>, warnings: string[] }? # what would be lost, and what else was found
---@return muster.failure? # why not
function plan.try_preflight(vms, options) end

--- Gets the recovery point that the run of a plan has brought a vm to.
---@param vm string|muster.vm A vm of the plan.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string } # the point
function plan.point(vm) end

--- Gets the recovery point that the run of a plan has brought a vm to. Returns nil and the failure instead of raising.
---@param vm string|muster.vm A vm of the plan.
---@return { sequence: integer, kind: "standard"|"app-consistent", cut_at: string, group?: string, warning?: string }? # the point
---@return muster.failure? # why not
function plan.try_point(vm) end

---@class muster.namespace.asset
asset = {}

--- Gets the value of a variable.
---@param name string The asset's name.
---@return string|number|boolean|table<string, any> # the value
function asset.variable(name) end

--- Gets the value of a variable. Returns nil and the failure instead of raising.
---@param name string The asset's name.
---@return (string|number|boolean|table<string, any>)? # the value
---@return muster.failure? # why not
function asset.try_variable(name) end

--- Sets a variable, for every runbook that uses it.
---@param name string The asset's name.
---@param value string|number|boolean|table<string, any> The value, of the variable's type.
function asset.set_variable(name, value) end

--- Sets a variable, for every runbook that uses it. Returns nil and the failure instead of raising.
---@param name string The asset's name.
---@param value string|number|boolean|table<string, any> The value, of the variable's type.
---@return true? # when it was done
---@return muster.failure? # why not
function asset.try_set_variable(name, value) end

--- Gets a credential by its name; what it hides stays with the engine.
---@param name string The asset's name.
---@return muster.secret # its handle
function asset.credential(name) end

--- Gets a credential by its name; what it hides stays with the engine. Returns nil and the failure instead of raising.
---@param name string The asset's name.
---@return muster.secret? # its handle
---@return muster.failure? # why not
function asset.try_credential(name) end

--- Gets the fields of a connection; those that are hidden as handles.
---@param name string The asset's name.
---@return table<string, string|number|boolean|muster.secret> # the fields
function asset.connection(name) end

--- Gets the fields of a connection; those that are hidden as handles. Returns nil and the failure instead of raising.
---@param name string The asset's name.
---@return table<string, string|number|boolean|muster.secret>? # the fields
---@return muster.failure? # why not
function asset.try_connection(name) end

--- Gets a certificate by its name; what it hides stays with the engine.
---@param name string The asset's name.
---@return muster.secret # its handle
function asset.certificate(name) end

--- Gets a certificate by its name; what it hides stays with the engine. Returns nil and the failure instead of raising.
---@param name string The asset's name.
---@return muster.secret? # its handle
---@return muster.failure? # why not
function asset.try_certificate(name) end

--- Signs a text with a secret: HMAC-SHA-256 in hexadecimal digits.
---@param secret muster.secret The secret that the receiver holds too.
---@param text string What is signed.
---@return string # the signature
function asset.sign(secret, text) end

--- Signs a text with a secret: HMAC-SHA-256 in hexadecimal digits. Returns nil and the failure instead of raising.
---@param secret muster.secret The secret that the receiver holds too.
---@param text string What is signed.
---@return string? # the signature
---@return muster.failure? # why not
function asset.try_sign(secret, text) end

---@class muster.namespace.subscription
subscription = {}

--- Gets a subscription: its add-on, if it has it.
---@param name string The subscription.
---@return { name: string, add_on?: { target: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, rpo?: string, first_copy?: { at: string, zone?: string } } } # the subscription
function subscription.get(name) end

--- Gets a subscription: its add-on, if it has it. Returns nil and the failure instead of raising.
---@param name string The subscription.
---@return { name: string, add_on?: { target: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, rpo?: string, first_copy?: { at: string, zone?: string } } }? # the subscription
---@return muster.failure? # why not
function subscription.try_get(name) end

--- Gets the subscriptions that match every given condition, by name.
---@param filter? { add_on?: boolean } The conditions.
---@return { name: string, add_on?: { target: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, rpo?: string, first_copy?: { at: string, zone?: string } } }[] # the subscriptions
function subscription.select(filter) end

--- Gets the subscriptions that match every given condition, by name. Returns nil and the failure instead of raising.
---@param filter? { add_on?: boolean } The conditions.
---@return { name: string, add_on?: { target: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, rpo?: string, first_copy?: { at: string, zone?: string } } }[]? # the subscriptions
---@return muster.failure? # why not
function subscription.try_select(filter) end

--- Gives a subscription the recovery add-on; protects nothing by itself.
---@param name string The subscription.
---@param terms { target: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, rpo?: string, first_copy?: { at: string, zone?: string } } The terms.
function subscription.attach(name, terms) end

--- Gives a subscription the recovery add-on; protects nothing by itself. Returns nil and the failure instead of raising.
---@param name string The subscription.
---@param terms { target: string, interval?: "30s"|"5m"|"15m"|"continuous", points?: integer, rpo?: string, first_copy?: { at: string, zone?: string } } The terms.
---@return true? # when it was done
---@return muster.failure? # why not
function subscription.try_attach(name, terms) end

--- Takes the recovery add-on from a subscription; ends no protection by itself.
---@param name string The subscription.
function subscription.detach(name) end

--- Takes the recovery add-on from a subscription; ends no protection by itself. Returns nil and the failure instead of raising.
---@param name string The subscription.
---@return true? # when it was done
---@return muster.failure? # why not
function subscription.try_detach(name) end

--- A step: a script, a manual task, or both.
---@param fields muster.step
---@return muster.step
function plan.step(fields) end

--- A manual task: a question to a person.
---@param fields muster.manual
---@return muster.manual
function plan.manual(fields) end

--- A vm of a group that has steps of its own.
---@param fields muster.machine
---@return muster.machine
function plan.machine(fields) end

--- A group of a plan: vms that are failed over together.
---@param fields muster.group
---@return muster.group
function plan.group(fields) end

--- Somebody to call when a plan is run.
---@param fields muster.contact
---@return muster.contact
function plan.contact(fields) end

--- A runbook: a card and a function.
---@param fields muster.runbook
---@return muster.runbook
function runbook(fields) end

---@class muster.namespace.site
---@overload fun(fields: muster.site): muster.site
site = {}

--- A network of a site, with the addresses it gives.
---@param fields muster.network
---@return muster.network
function site.network(fields) end

--- A switch that hosts of a site offer.
---@param fields muster.switch
---@return muster.switch
function site.switch(fields) end

--- A host of a site and what it has.
---@param fields muster.host
---@return muster.host
function site.host(fields) end

--- Host groups under one name.
---@param fields muster.cloud
---@return muster.cloud
function site.cloud(fields) end

--- Hosts that are reached by one name.
---@param fields muster.cluster
---@return muster.cluster
function site.cluster(fields) end

--- The network of another site that stands for one.
---@param fields muster.mapping
---@return muster.mapping
function site.mapping(fields) end
