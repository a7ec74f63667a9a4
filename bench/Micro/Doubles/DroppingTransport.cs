using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Micro.Doubles;

/// <summary>Takes the output and drops it.</summary>
internal sealed class DroppingTransport : IConnectionTransport
{
    public Connection Connection { get; set; } = null!;

    public bool HasClientHungUp => false;

    public void Flush()
    {
        while (Connection.TakeOutput(out var output, out _))
            OutputBuffer.Return(output);
    }

    public void ScheduleFlush() => Flush();

    public void ResumeInput()
    {
        // Nothing here pauses it.
    }

    public void Close()
    {
        // Nothing is behind it.
    }
}
