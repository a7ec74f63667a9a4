using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>Keeps what a connection writes; can hold the writing back as a slow network does.</summary>
internal sealed class FakeTransport : IConnectionTransport
{
    private readonly Lock _gate = new();
    private readonly MemoryStream _written = new();
    private bool _flushWaits;
    private (int Flushes, TaskCompletionSource Done)? _flushed;

    public Connection Connection { get; set; } = null!;

    /// <summary>While true nothing is taken from the connection.</summary>
    public bool IsBlocked { get; set; }

    public int Flushes { get; private set; }

    public int ScheduledFlushes { get; private set; }

    public int Resumes { get; private set; }

    public bool IsCloseAsked { get; private set; }

    /// <summary>The connection said that nothing follows.</summary>
    public bool IsOutputEnded { get; private set; }

    public bool HasClientHungUp => false;

    public void Flush()
    {
        lock (_gate)
        {
            Flushes++;
            if (IsBlocked)
                _flushWaits = true;
            else
                Take(int.MaxValue);
            if (_flushed is { } awaited && Flushes >= awaited.Flushes)
                awaited.Done.TrySetResult();
        }
    }

    /// <summary>Ends when so many flushes were asked for.</summary>
    public Task FlushedAsync(int flushes)
    {
        lock (_gate)
        {
            if (Flushes >= flushes)
                return Task.CompletedTask;
            _flushed = (flushes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return _flushed.Value.Done.Task;
        }
    }

    public void ScheduleFlush()
    {
        lock (_gate)
            ScheduledFlushes++;
        Flush();
    }

    public void ResumeInput()
    {
        lock (_gate)
            Resumes++;
    }

    public void Close() => IsCloseAsked = true;

    public void ForgetResumes() => Resumes = 0;

    /// <summary>Room for writes that must not allocate here.</summary>
    public void Reserve(int bytes) => _written.Capacity = bytes;

    /// <summary>The network takes everything that waits.</summary>
    public void Unblock()
    {
        lock (_gate)
        {
            IsBlocked = false;
            if (_flushWaits)
                Take(int.MaxValue);
            _flushWaits = false;
        }
    }

    /// <summary>The network takes one buffer, and the next flush waits again.</summary>
    public void WriteOnce()
    {
        lock (_gate)
            Take(1);
    }

    /// <summary>All that was written since the last call.</summary>
    public byte[] TakeWritten()
    {
        lock (_gate)
        {
            var written = _written.ToArray();
            _written.SetLength(0);
            return written;
        }
    }

    /// <summary>The whole packets of <see cref="TakeWritten"/>.</summary>
    public List<byte[]> TakePackets()
    {
        var written = TakeWritten().AsSpan();
        var packets = new List<byte[]>();
        while (!written.IsEmpty)
        {
            Assert.Equal(DecodeStatus.Done, FrameReader.TryRead(written, ProtocolVersion.Mqtt5, int.MaxValue, out var header, out _));
            packets.Add(written[..header.PacketLength].ToArray());
            written = written[header.PacketLength..];
        }

        return packets;
    }

    private void Take(int buffers)
    {
        var isLast = false;
        while (buffers-- > 0 && Connection.TakeOutput(out var output, out isLast))
        {
            _written.Write(output);
            OutputBuffer.Return(output);
        }

        IsOutputEnded |= isLast;
    }
}
