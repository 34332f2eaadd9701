// Applies changes to the database, inside a transaction that somebody else began. Which change may
// follow what is decided by the pure machines of Model; here the row is read, the machine asked,
// the row written.
import GRDB
import Model

struct ChangeWriter {
    let db: Database
    let memory: WriterMemory

    func apply(_ change: Change) throws {
        switch change {
        case .journaled(let entry): try append(entry)
        case .runInserted(let record): try insert(record)
        case .runChanged(let run, let event, let at, let failure, let wakeAt):
            try move(run, event, at: at, failure: failure, wakeAt: wakeAt)
        case .runRequired(let run, let state): try require(run, in: state)
        case .runWished(let run, let wish, let made): try self.wish(wish, of: run, made)
        case .slotRequired(let run, let slots): try requireSlot(for: run, slots)
        case .runAdded, .childAwaited, .abortWished, .childrenAborted: try applyToFamily(change)
        case .runPatched(let run, let sources, let limits): try patch(run, sources, limits)
        case .sourceStored(let text): try store(text)
        case .sourceUsed(let run, let source): try use(source, in: run)
        case .noted(let note): try append(note)
        case .questionAsked, .questionAnswered, .questionDelegated, .questionEscalated,
            .questionExpired, .questionWithdrawn, .questionsWithdrawn, .newsEnded, .newsPostponed:
            try applyToQuestions(change)
        case .vmsClaimed, .vmsReleased, .claimsReleased, .protectionSaved, .protectionRemoved,
            .pointsReplaced, .addressesMoved:
            try applyToMachines(change)
        case .scheduleSaved(let schedule): try save(schedule)
        case .scheduleRemoved(let name): try removeSchedule(name)
        case .turnTaken(let turn): try take(turn)
        case .subscriptionSaved(let subscription): try save(subscription)
        case .assetSaved, .variableSet, .assetsResealed, .assetRemoved: try applyToAssets(change)
        case .versionImported, .draftSet, .published, .editionUsed: try applyToLibrary(change)
        case .triggerSaved(let trigger, let marks): try save(trigger, marks)
        case .triggerRemoved(let name): try removeTrigger(name)
        case .triggerMarked(let mark): try set(mark)
        case .triggerFired(let firing): try append(firing)
        case .readinessKept(let readiness): try save(readiness)
        case .readinessForgotten(let plan): try forgetReadiness(of: plan)
        case .decided(let decision): try append(decision)
        case .recorded(let event): try append(event)
        case .leaseTaken(let token, let holder): try take(token, holder)
        }
    }

    private func applyToQuestions(_ change: Change) throws {
        switch change {
        case .questionAsked(let place, let request, let at):
            try ask(request, at: place, on: at)
        case .questionAnswered(let id, let reply):
            try self.change(id) { question throws(Failure) in try question.heard(reply) }
        case .questionDelegated(let id, let other, let person, let at):
            try self.change(id) { question throws(Failure) in
                try question.delegated(to: other, by: person, at: at)
            }
        case .questionEscalated(let id, let at):
            try self.change(id) { question throws(Failure) in try question.escalated(at: at) }
        case .questionExpired(let id, let at):
            try self.change(id) { question throws(Failure) in try question.expired(at: at) }
        case .questionWithdrawn(let id, let at):
            try self.change(id) { question throws(Failure) in try question.withdrawn(at: at) }
        case .newsEnded(let number): try endNews(number)
        case .newsPostponed(let number, let attempts, let until):
            try postponeNews(number, attempts: attempts, until: until)
        case .questionsWithdrawn(let run, let at): try withdrawQuestions(of: run, at: at)
        default: preconditionFailure("not a change to questions: \(change)")
        }
    }

    private func applyToFamily(_ change: Change) throws {
        switch change {
        case .runAdded(let record): try add(record)
        case .childAwaited(let run): try awaitChild(run)
        case .abortWished(let run, let made): try wishAbort(of: run, made)
        case .childrenAborted(let run, let made): try abortChildren(of: run, made)
        default: preconditionFailure("not a change to a family of runs: \(change)")
        }
    }

    private func applyToMachines(_ change: Change) throws {
        switch change {
        case .vmsClaimed(let vms, let run, let at): try claim(vms, for: run, at: at)
        case .vmsReleased(let vms, let run): try release(vms, of: run)
        case .claimsReleased(let run): try releaseAll(of: run)
        case .protectionSaved(let record): try save(record)
        case .protectionRemoved(let key): try removeProtection(of: key)
        case .pointsReplaced(let vm, let points): try replacePoints(of: vm, with: points)
        case .addressesMoved(.take(let machine, let wishes), let at):
            try take(wishes, for: machine, at: at)
        case .addressesMoved(.release(let machine), _): try releaseAddresses(of: machine)
        default: preconditionFailure("not a change to machines: \(change)")
        }
    }
}
