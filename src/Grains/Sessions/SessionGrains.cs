namespace OrleansBroker.Grains.Sessions;

/// <summary>Asks Orleans by names: asked by an interface, it reads that one's attributes each time, which was 7 % of a CONNECT.</summary>
internal sealed class SessionGrains(IGrainFactory grains) : ISessionGrains
{
    private Names? _names;

    public ISessionGrain For(string clientId)
    {
        var names = _names ??= Resolve();
        return (ISessionGrain)grains.GetGrain(GrainId.Create(names.Grain, new SessionKey(clientId).ToGrainKey()), names.Interface);
    }

    private Names Resolve()
    {
        var any = (GrainReference)grains.GetGrain<ISessionGrain>(new SessionKey(string.Empty).ToGrainKey());
        return new Names(any.GrainId.Type, any.InterfaceType);
    }

    private sealed record Names(GrainType Grain, GrainInterfaceType Interface);
}
