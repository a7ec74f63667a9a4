using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>From one activation of the session to the next.</summary>
internal sealed partial class RemoteSession
{
    /// <summary>How often the session has been attached; another number is another activation.</summary>
    public long Attachment
    {
        get
        {
            lock (_gate) return _silo is null ? 0 : _attachments;
        }
    }

    /// <summary>SUBACKs and UNSUBACKs that have passed.</summary>
    public long Answers
    {
        get
        {
            lock (_gate) return _answers;
        }
    }

    /// <summary>Retained messages that a SUBACK has promised are still to come from the session.</summary>
    public bool OwesRetained
    {
        get
        {
            lock (_gate) return _held.OwesRetained;
        }
    }

    /// <summary>What the next activation is asked with; null while one has the session, or when it has ended.</summary>
    public ReattachRequest? Request
    {
        get
        {
            lock (_gate) return _ended ? null : _request;
        }
    }

    /// <summary>The session is not there any more: the client's packets wait from now on.</summary>
    /// <returns>True for the first to say so: the connection is to be handed over.</returns>
    public bool Lost(SiloAddress silo)
    {
        lock (_gate)
        {
            if (_ended || !silo.Equals(_silo)) return false;
            _silo = null;
            _request = ReattachRequest.From(_held.Snapshot(), ++_attachments, _services.Senders.Self, ConnectionId);
            // What the last activation has not answered goes to the next before anything else. Its acknowledgements are in the list already.
            foreach (var incoming in _held.Unanswered())
            {
                if (incoming.Publication is { } publication) _parked.Enqueue(ToItem(publication));
                else SendAcknowledge(PacketType.PubRel, incoming.PacketIdentifier, ReasonCode.Success);
            }

            Tell();
            return true;
        }
    }

    /// <summary>The next activation has it: what waited goes there.</summary>
    /// <returns>False when the one before it was believed to have it: that one is lost, and the newer one is to be asked again.</returns>
    public bool Reattached(long epoch, SiloAddress silo)
    {
        lock (_gate)
        {
            if (_ended || epoch <= _held.Epoch || _services.Senders.IsDead(silo)) return true;
            if (_silo is not null) return false;
            _held.Reattached(epoch);
            _silo = silo;
            _request = null;
            _services.Counters.Add(BrokerCounter.ConnectionsReattached);
            while (_parked.TryDequeue(out var item)) _services.Senders.Send(silo, item);
            Tell();
            return true;
        }
    }

    /// <summary>Nobody needs it any more: its connection has ended and its session knows, or has closed it.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            _request = null;
            _parked.Clear();
            _queue.Clear();
            Tell();
        }
    }

    /// <summary>Ends the connection from the session's side.</summary>
    public void Close(ReasonCode reason)
    {
        End();
        _connection.Close(reason);
    }

    /// <summary>Completes when the attachment, the answers or the end have changed since, or change next.</summary>
    public Task ChangedAsync(long attachment, long answers)
    {
        lock (_gate)
        {
            if (_ended || (_silo is null ? 0 : _attachments) != attachment || _answers != answers) return Task.CompletedTask;
            _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _changed.Task;
        }
    }

    private void Answered()
    {
        _answers++;
        Tell();
    }

    private void Tell()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}
