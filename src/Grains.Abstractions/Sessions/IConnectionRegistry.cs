using System.Diagnostics.CodeAnalysis;

namespace OrleansBroker.Grains.Sessions;

/// <summary>This gateway's live connections by connection id.</summary>
public interface IConnectionRegistry
{
    /// <summary>Connections that are open and have their CONNACK.</summary>
    int ConnectedCount { get; }

    /// <summary>The most that <see cref="ConnectedCount"/> ever was.</summary>
    int MaximumConnectedCount { get; }

    bool TryGet(long connectionId, [NotNullWhen(true)] out IGatewayConnection? connection);
}
