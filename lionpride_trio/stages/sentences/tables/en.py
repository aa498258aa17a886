"""English."""

from __future__ import annotations

from ._classes import Language, words

ENGLISH = Language(
    code="en",
    never=words("""
        Reps Sens Cols mr mrs ms mx messrs mme mlle dr drs prof profs rev Hon Gov govs
        Gen Col capt cpt cmdr comdr Lt Sgt Cpl Maj Adm Brig Pvt Pfc Sen Rep Pres Amb
        Supt Insp Cllr Ald Asst Assoc Det msgr Ven Mt mts Ft Pte Sra Srta Ste Lt.Col
        Maj.Gen Lt.Gen Brig.Gen Rt.Hon Ph e.g eg i.e viz cf vs v n.b p.s a.k.a d.b.a
        f.k.a w.r.t c/o esp incl approx resp Rt Geo Wm Chas Thos Jas Jno Edw Robt Benj
        Danl Saml Eliz Maj.-Gen Lt.-Col Cmdt Msgr Bp Abp Dcn Atty Attys Hons Mlles Mmes
        Flt.Lt Sqn.Ldr Wg.Cdr Vice.Adm Bvt Comm Pvts Sgts Lts Cpls Capts Supts i.q s.v
        s.l c.f w/o w.o
        """),
    number=words("""
        Nos Sect Div Rm p pp vol vols chs eqs refs paras ll pg pgs n° nº no̱ § §§ eqn
        lect pt pts ch sec eq ref cl bk bks Op Opp ep eps Ex Exs Thm Thms Vol Sched ln
        lns cols fol fols Pt Pts Ch Chs Sec Secs Eqn Eqns Cl Cls Reg Regs col ca Fig
        Figs
        """),
    word=words("""
        est ver div sect ser nos no tab ex chap ext iss Gal Rom Cor Art Para Par para
        Ver Est jan feb Mar apr Jun Jul aug sept Sep oct nov dec fig figs
        """),
    maybe=words("""
        Tue Wed Thu Fri inc ltd co corp bros llc llp plc mfg mfrs assn dept depts univ
        inst govt intl natl syst sci phys geophys acad jr sr esq ed eds cit ibid misc temp avg tel Mon tues thur
        thurs Sat St Ave blvd rd Ln Ct hwy pkwy Sq apt Ste bldg wt Ala Ariz Ark Calif
        Cal Colo Conn Del Fla Ga Ill Ind Kan Kans Ky La Md Mass Mich Minn Mo Mont Neb
        Nebr Nev Okla Ont Ore Pa Penn Que Tenn Tex Va Vt Wash Wis Wyo ph.d m.d b.a m.a
        b.sc m.sc d.phil m.phil ll.b ll.m j.d ed.d d.d.s r.n d.c d.v.m u.s u.k u.n e.u
        u.s.a u.s.s.r n.y l.a b.c a.d b.c.e c.e q.v s.a n.v b.v pty hosp Fed Civ Crim
        Evid Proc Nat Hist Annu Astron Astrophys Phys Lett Chem Soc Biol Psychol Sociol
        Econ Polit Philos Theol Geol Geogr Sci Technol Comput Acad Bull Conf Symp Assn
        Comm Mgmt Exec Intl Mgr Supp Cir Dist Cong Sess Rept Hosp Bldgs Rds Sts Pk Cres
        Terr Hts Gdns Grp Mktg Acct Accts Govt Asst Quar Encycl Dict Orch Univ Coll Inst
        Fdn Cty Cnty Twp Pkwy Fwy Expy Jct Rte Hwys Pty Pvt Bhd Sdn qty pmt typ et_al Co
        Trans
        """),
    unit=words("""
        ft lb lbs oz yd yds mi hr hrs min mins sq cu gal qt tsp tbsp tbs mph rpm kg km
        cm mm yr yrs wk wks mo mos doz secs ml mg mcg kW kWh MHz GHz Hz kHz MB GB TB kB
        kbps Mbps dpi ppm ppb psi bbl cwt fps kcal
        """),
    time=words("a.m p.m"),
    end=words("""
        etc et.c EST is_ok it's_ok that's_ok be_ok are_ok i'm_ok was_ok you_ok all_ok
        looks_ok sounds_ok seems_ok feels_ok not_ok and_ok the_cap a_cap my_cap your_cap
        his_cap her_cap this_cap that_cap and_cap baseball_cap red_cap in_mind my_mind
        your_mind his_mind her_mind its_mind our_mind their_mind the_mind a_mind of_mind
        to_mind never_mind don't_mind didn't_mind and_mind open_mind own_mind the_max
        to_max is_max Ok the_art of_art is_art
        """),
    months=words("""
        January February March April May June July August September October November
        December
        """),
    starters=words("""
        A About Above According Accordingly Actually Additionally Admittedly After
        Afterwards Again All Almost Along Also Although Altogether Always Among An And
        Another Any Anyone Anything Anyway Apart Apparently Are Around As Aside At
        Basically Be Because Before Besides Between Beyond Both But By Can Cannot
        Certainly Clearly Come Compared Consequently Consider Conversely Could Currently
        Depending Despite Did Do Does During Each Earlier Either Else Especially
        Essentially Even Eventually Every Everybody Everyone Everything Evidently Except
        Feel Few Finally Firstly Following For Fortunately From Furthermore Generally
        Give Given Go Had Has Have Having He Hence Her Here His Historically Hopefully
        How However I If Imagine Importantly In Indeed Initially Instead Interestingly
        Is It Its Just Keep Later Lately Let Likewise Look Luckily Many Maybe Meanwhile
        Might Moreover Most Mostly Much Must My Neither Never Nevertheless No Nobody
        None Nonetheless Nor Normally Not Note Nothing Notably Now Nowadays Obviously Of
        Often Oh Ok Okay Once One Only Or Originally Otherwise Our Overall Over Perhaps
        Please Presumably Previously Probably Put Rather Recall Recently Regardless
        Remember Sadly Secondly See Several She Should Similarly Since So Some Somebody
        Someone Something Sometimes Soon Specifically Still Strictly Subsequently Such
        Suddenly Surely Take Thank Thanks That The Their Theirs Then There Thereafter
        Therefore These They Thirdly This Those Though Through Throughout Thus To Today
        Together Tomorrow Tonight Too Traditionally Try Typically Ultimately Under
        Unfortunately Unless Unlike Until Upon Us Use Using Usually Very Was Wasn't We
        Well Were What Whatever When Whenever Where Whereas Wherever Whether Which
        Whichever While Who Whoever Whose Why Will With Within Without Would Yes
        Yesterday Yet You Your Stop Start Call Check Make Add Click Open Press Select
        Run Wait Ring Turn Bring Ask Choose Enter Read Set Remove Place Send Visit Avoid
        Ensure Watch Listen Speak Find Learn Get Help Repeat Continue Replace Save Store
        Serve Stir Bake Mix Cook Heat Cover Drain Rinse Pour Whisk Preheat Tell Show
        Write Think Half Two Three Four Five Six Seven Eight Nine Twenty Hundreds
        Thousands Millions Dozens People Regarding Including Thereby Hello Hi Sorry Sure
        Right Whoa Wow Oops Congratulations Others Less More Fewer Least Aren't Can't
        Didn't Doesn't Don't Haven't Isn't Shouldn't Won't Next First Second Third Last
        Shall Enjoy Alternatively Sounds Looks Seems Feels Great Good Nice Perfect
        Awesome Excellent Fine Welcome Cheers Congrats Glad Happy Let's Here's There's
        That's It's I'm I'll I've I'd We're We'll We've They're You're You'll What's
        Who's Where's How's Weren't Hasn't Hadn't Wouldn't Couldn't Download Install
        Update Upgrade Restart Reboot Log Sign Scroll Tap Type Paste Copy Drag Drop
        Swipe Hold Push Pull Fill Clear Delete Rename Drive Follow Walk Merge Exit
        Arrive Order Pay Buy Sell Reply Respond Contact Email Text Explore Discover
        Explain Describe Compare Define Calculate Solve Notice Observe Assume Suppose
        Beware Breathe Relax Sleep Drink Eat Apply Attach Combine Chop Slice Simmer Boil
        Fry Roast Season Sprinkle Spread Beat Fold Knead Roll Transfer Allow Leave Hurry
        Begin Proceed Close Lock Unlock Plug Unplug Charge Connect Disconnect Test
        Verify Confirm Review Submit Upload Share Print Pause Resume Skip Mute Switch
        Toggle Enable Disable Adjust Increase Decrease Reduce Lower Raise Improve
        Somewhere Elsewhere Everywhere Anywhere Whom Ought Rarely Seldom Frequently
        Occasionally Sooner Afterward Beforehand Alas
        """),
    local=words("mi typ ser est nos ver cu mo gal paras Det Kan co para"),
)
