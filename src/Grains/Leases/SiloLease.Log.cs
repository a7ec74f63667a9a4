using Microsoft.Extensions.Logging;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Leases;

/// <summary>Events 2601 to 2699.</summary>
internal sealed partial class SiloLease
{
    [LoggerMessage(2601, LogLevel.Warning, "The lease in the store has run out {Ago} ago: QoS 1 and 2, CONNECT and SUBSCRIBE wait until it is renewed; QoS 0 goes on")]
    private partial void LogLapsed(TimeSpan ago);

    [LoggerMessage(2602, LogLevel.Information, "The lease in the store is valid, {After} after it ran out or the silo started")]
    private partial void LogValid(TimeSpan after);

    [LoggerMessage(2603, LogLevel.Warning, "The lease in the store was not renewed; it is tried again")]
    private partial void LogNotRenewed(Exception failure);

    [LoggerMessage(2604, LogLevel.Warning, "Another silo has opened journal {Journal} since this one did (epoch {Epoch}): what this silo has of it closes")]
    private partial void LogLost(JournalId journal, ulong epoch);

    [LoggerMessage(2605, LogLevel.Information, "The lease in the store could not be ended; it runs out by itself")]
    private partial void LogNotEnded(Exception failure);
}
