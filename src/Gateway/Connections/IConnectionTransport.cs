namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// What carries a connection's bytes. All methods return at once, run nothing of the connection inline and may be called on any
/// thread, also under the monitors of shards and sessions; <see cref="Flush"/> alone is called where nothing is held.
/// </summary>
internal interface IConnectionTransport
{
    /// <summary>
    /// Takes the connection's output and writes it, until there is none. The connection asks for one flush at a time: the
    /// next only after <see cref="Connection.TakeOutput"/> has answered false.
    /// </summary>
    void Flush();

    /// <summary>Calls <see cref="Flush"/> soon on some thread of the pool.</summary>
    void ScheduleFlush();

    /// <summary>The reason to pause is gone: feed again.</summary>
    void ResumeInput();

    /// <summary>The client has closed its side already, as far as is known without reading what it sent.</summary>
    bool HasClientHungUp { get; }

    /// <summary>The connection is closing: read no more, write what is left, then close in bounded time.</summary>
    void Close();
}
