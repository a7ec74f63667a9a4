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

    /// <summary>What this thread has connections send until <see cref="EndTurn"/> may wait for it, and is written by this thread then.</summary>
    void BeginTurn()
    {
    }

    /// <summary>On the thread that began, where nothing is locked.</summary>
    void EndTurn()
    {
    }

    /// <summary>What this thread has connections send until <see cref="EndFanOut"/> is for so many of them that it is written by and by, on other threads.</summary>
    void BeginFanOut()
    {
    }

    /// <summary>On the thread that began.</summary>
    /// <param name="receiversToCome">Of the same fan-out, in its next slices, perhaps on another thread.</param>
    void EndFanOut(int receiversToCome)
    {
    }
}
