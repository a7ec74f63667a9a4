using System.Diagnostics.CodeAnalysis;

namespace OrleansBroker.Grains.Sessions;

/// <summary>This gateway's live connections by connection id.</summary>
public interface IConnectionRegistry
{
    bool TryGet(long connectionId, [NotNullWhen(true)] out IGatewayConnection? connection);
}
